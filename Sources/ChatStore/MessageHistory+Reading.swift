public import ChatCore
import ChatIdentity
public import ChatValues
public import ChatWire
import GRDB

extension MessageHistory {
    /// The most messages that one call hands out, however many were asked for.
    static let largestPage = 10_000

    public func pending(
        for contact: Fingerprint, after position: Int64, limit: Int
    ) async throws(StoreFailure) -> [StoredMessage] {
        try await store.read { [key] database in
            guard let conversation = try Conversation.find(contact, in: database) else { return [] }
            let statement = try database.cachedStatement(
                sql: """
                    SELECT \(MessageRows.columns) FROM message INDEXED BY messageQueued
                    WHERE conversation = ? AND state = 0 AND position > ?
                    ORDER BY position LIMIT ?
                    """)
            let rows = try Row.fetchCursor(
                statement,
                arguments: [conversation.number, position, Self.clamped(limit)])
            return try Array(
                rows.compactMap { try MessageRows.message($0, of: conversation, key: key) })
        }
    }

    public func page(
        with contact: Fingerprint, before position: Int64?, limit: Int
    ) async throws(StoreFailure) -> MessagePage {
        try await store.read { [key] database in
            guard let conversation = try Conversation.find(contact, in: database) else {
                return MessagePage(messages: [], hasOlder: false)
            }
            let limit = Self.clamped(limit)
            let statement = try database.cachedStatement(
                sql: """
                    SELECT \(MessageRows.columns) FROM message
                    INDEXED BY messageByConversation
                    WHERE conversation = ? AND position < ?
                    ORDER BY position DESC LIMIT ?
                    """)
            let rows = try Row.fetchCursor(
                statement,
                arguments: [conversation.number, position ?? .max, limit + 1])
            var messages: [StoredMessage] = []
            while let row = try rows.next() {
                // One more than is wanted says that there are more.
                if messages.count == limit {
                    return MessagePage(messages: messages.reversed(), hasOlder: true)
                }
                if let message = try MessageRows.message(row, of: conversation, key: key) {
                    messages.append(message)
                }
            }
            return MessagePage(messages: messages.reversed(), hasOlder: false)
        }
    }

    public func message(
        _ id: MessageID, _ direction: MessageDirection, with contact: Fingerprint
    ) async throws(StoreFailure) -> StoredMessage? {
        try await store.read { [key] database in
            guard let conversation = try Conversation.find(contact, in: database),
                let row = try Row.fetchOne(
                    database.cachedStatement(
                        sql: """
                            SELECT \(MessageRows.columns) FROM message
                            WHERE conversation = ? AND direction = ? AND id = ?
                            """),
                    arguments: [
                        conversation.number, MessageRows.number(of: direction),
                        MessageRows.bytes(of: id),
                    ])
            else { return nil }
            return try MessageRows.message(row, of: conversation, key: key)
        }
    }

    public func conversations() async throws(StoreFailure) -> [ConversationSummary] {
        let summaries = try await store.read { [key] database in
            try Conversation.all(database).map { try Self.summary(of: $0, in: database, key: key) }
        }
        return summaries.sorted {
            let (left, right) = ($0.last?.position ?? 0, $1.last?.position ?? 0)
            return left == right ? $0.contact < $1.contact : left > right
        }
    }

    public func conversation(
        with contact: Fingerprint
    ) async throws(StoreFailure) -> ConversationSummary? {
        try await store.read { [key] database in
            try Conversation.find(contact, in: database).map {
                try Self.summary(of: $0, in: database, key: key)
            }
        }
    }

    public func messageCount(with contact: Fingerprint) async throws(StoreFailure) -> Int {
        try await store.read { database in
            try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM message INDEXED BY messageByConversation
                    WHERE conversation = (SELECT number FROM conversation WHERE contact = ?)
                    """,
                arguments: [Stored.key(contact)]) ?? 0
        }
    }

    /// The counts come from indexes alone: no message is read but the last.
    private static func summary(
        of conversation: Conversation, in database: Database, key: SealingKey
    ) throws -> ConversationSummary {
        let counts = try database.cachedStatement(
            sql: """
                SELECT
                    (SELECT count(*) FROM (
                        SELECT * FROM message INDEXED BY messageByConversation
                        WHERE conversation = ?1 AND position > ?2 AND direction = 0 LIMIT ?3)),
                    (SELECT count(*) FROM message WHERE conversation = ?1 AND state = 0)
                """)
        let last = try database.cachedStatement(
            sql: """
                SELECT \(MessageRows.columns) FROM message INDEXED BY messageByConversation
                WHERE conversation = ?
                ORDER BY position DESC LIMIT 1
                """)
        let row = try Row.fetchOne(
            counts,
            arguments: [
                conversation.number, conversation.lastRead, ConversationSummary.unreadLimit,
            ])
        return ConversationSummary(
            contact: conversation.contact,
            unread: try row?.decode(Int.self, atIndex: 0) ?? 0,
            queued: try row?.decode(Int.self, atIndex: 1) ?? 0,
            last: try Row.fetchOne(last, arguments: [conversation.number]).flatMap {
                try MessageRows.message($0, of: conversation, key: key)
            },
            lastRead: conversation.lastRead, retention: conversation.retention)
    }

    private static func clamped(_ limit: Int) -> Int { min(max(limit, 1), largestPage) }
}
