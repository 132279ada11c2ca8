public import ChatCore
import ChatIdentity
import ChatValues
import GRDB

extension MessageHistory {
    /// How many rows are looked at in one read, between which changes have their turn.
    static let scanRows = 1_000
    /// How many bytes of matching text end a page early.
    static let scanBytes = 1 << 20

    @discardableResult
    public func scan(
        _ selection: MessageSelection,
        _ body: @Sendable ([StoredMessage], ScanProgress) async throws -> Bool
    ) async throws -> ScanProgress {
        let range = try await store.read { try ScanRange(selection, in: $0) }
        var progress = ScanProgress(total: range.count)
        var cursor: Int64?
        while progress.done < progress.total {
            try Task.checkCancellation()
            let start = cursor
            let page = try await store.read { [key] database in
                try range.page(after: start, in: database, key: key)
            }
            progress.done = min(progress.done + page.rows, progress.total)
            progress.matches += page.messages.count
            progress.damaged += page.damaged
            // Some may have been forgotten meanwhile.
            let isOver = page.rows == 0
            if isOver { progress.done = progress.total }
            guard try await body(page.messages, progress), !isOver else { break }
            cursor = page.end
        }
        return progress
    }
}

/// The rows that a scan goes through: fixed when it starts.
private struct ScanRange: Sendable {
    let selection: MessageSelection
    let conversations: [Int64: Conversation]
    private(set) var count = 0
    private var first = Int64.max
    private var last: Int64 = 0

    struct Page: Sendable {
        var messages: [StoredMessage] = []
        var rows = 0
        var damaged = 0
        var end: Int64?
    }

    init(_ selection: MessageSelection, in database: Database) throws {
        self.selection = selection
        let all =
            if let contact = selection.contact {
                try Conversation.find(contact, in: database).map { [$0] } ?? []
            } else {
                try Conversation.all(database)
            }
        conversations = Dictionary(all.map { ($0.number, $0) }) { first, _ in first }
        // In the index alone, so that yesterday's messages are found without reading a million
        // others. Clocks jump: positions in between may belong to other times.
        let statement = try database.cachedStatement(
            sql: """
                SELECT count(*), min(position), max(position) FROM message
                INDEXED BY messageByConversation
                WHERE conversation = ? AND storedAt >= ? AND storedAt < ?
                """)
        for conversation in all {
            let row = try Row.fetchOne(
                statement, arguments: [conversation.number, since, until])
            guard let row, let lowest = try row.decode(Int64?.self, atIndex: 1) else { continue }
            count += try row.decode(Int.self, atIndex: 0)
            first = min(first, lowest)
            last = max(last, try row.decode(Int64.self, atIndex: 2))
        }
    }

    private var since: Double { selection.since ?? -.infinity }
    private var until: Double { selection.until ?? .infinity }

    func page(after cursor: Int64?, in database: Database, key: SealingKey) throws -> Page {
        let statement = try database.cachedStatement(sql: sql)
        // Bounds that leave themselves out.
        var (low, high) = (first - 1, last + 1)
        switch selection.order {
        case .oldestFirst: low = cursor ?? low
        case .newestFirst: high = cursor ?? high
        }
        var arguments: StatementArguments = [
            low, high, since, until, MessageHistory.scanRows,
        ]
        if selection.contact != nil { arguments += [conversations.keys.first] }
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        var page = Page()
        var bytes = 0
        while bytes < MessageHistory.scanBytes, let row = try rows.next() {
            page.rows += 1
            page.end = try row.decode(Int64.self, atIndex: 0)
            // Begun since the scan started: nobody asked for it.
            guard let conversation = conversations[try row.decode(atIndex: 8)] else { continue }
            let message = try MessageRows.message(
                row, of: conversation, key: key, matching: selection.query)
            guard let message else { continue }
            if message.content == .damaged { page.damaged += 1 }
            if selection.query != nil, message.content == .damaged { continue }
            bytes += message.text?.utf8.count ?? 0
            page.messages.append(message)
        }
        return page
    }

    private var sql: String {
        let isAscending = selection.order == .oldestFirst
        let index = selection.contact == nil ? "NOT INDEXED" : "INDEXED BY messageByConversation"
        return """
            SELECT \(MessageRows.columns), conversation FROM message \(index)
            WHERE position > ?1 AND position < ?2 AND storedAt >= ?3 AND storedAt < ?4
                \(selection.contact == nil ? "" : "AND conversation = ?6")
            ORDER BY position \(isAscending ? "ASC" : "DESC") LIMIT ?5
            """
    }
}
