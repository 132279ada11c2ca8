public import ChatCore
public import ChatValues
import ChatWire
import GRDB

/// Removal. Deleted rows are overwritten in the file (`secure_delete`), and the log, which still
/// has them, is emptied at the end. Large removals go in parts, between which changes have their
/// turn.
extension MessageHistory {
    static let forgottenIDs = 4_096
    private static let part = 2_000

    @discardableResult
    public func forget(_ target: ForgetTarget) async throws(StoreFailure) -> Int {
        let count: Int
        switch target {
        case .message(let id, let direction, let contact):
            count = try await forget(id, direction, with: contact)
        case .conversation(let contact):
            count = try await remove(Self.everything(with: contact), keepingIDs: true)
        case .contact(let contact):
            count =
                try await remove(Self.everything(with: contact), keepingIDs: false)
                + removeConversation(with: contact)
        }
        try await store.emptyLog()
        return count
    }

    public func setRetention(
        _ seconds: Double?, with contact: Fingerprint
    ) async throws(StoreFailure) {
        guard seconds.map({ $0 > 0 && $0.isFinite }) ?? true else {
            throw StoreFailure(
                .conflict,
                "Messages can't be kept for \(seconds ?? 0) seconds: give a number above 0.")
        }
        try await store.write { database in
            let number = try Conversation.number(of: contact, makingIn: database)
            try database.execute(
                sql: "UPDATE conversation SET retention = ? WHERE number = ?",
                arguments: [seconds, number])
        }
    }

    @discardableResult
    public func removeExpired(at now: Double) async throws(StoreFailure) -> Int {
        let conversations = try await store.read { try Conversation.all($0) }
        var count = 0
        for conversation in conversations {
            guard let retention = conversation.retention else { continue }
            let expired = Removal(
                contact: conversation.contact,
                // What waits to be sent, or may not have arrived, is not given up by a clock.
                condition: "storedAt < ?2 AND coalesce(state, 2) >= 2", argument: now - retention)
            count += try await remove(expired, keepingIDs: true)
        }
        if count > 0 { try await store.emptyLog() }
        return count
    }

    /// Which rows of a conversation are to go.
    private struct Removal: Sendable {
        let contact: Fingerprint
        let condition: String
        let argument: Double?
    }

    private static func everything(with contact: Fingerprint) -> Removal {
        Removal(
            contact: contact, condition: "?2 IS NULL", argument: nil)
    }

    private func forget(
        _ id: MessageID, _ direction: MessageDirection, with contact: Fingerprint
    ) async throws(StoreFailure) -> Int {
        try await store.write { database in
            guard let conversation = try Conversation.find(contact, in: database),
                let position = try Int64.fetchOne(
                    database,
                    sql: """
                        SELECT position FROM message
                        WHERE conversation = ? AND direction = ? AND id = ?
                        """,
                    arguments: [
                        conversation.number, MessageRows.number(of: direction),
                        MessageRows.bytes(of: id),
                    ])
            else { return 0 }
            let floor = try Self.floor(of: conversation.number, in: database)
            try Self.delete([position], of: conversation.number, keepingIDsAbove: floor, database)
            return 1
        }
    }

    private func remove(
        _ removal: Removal, keepingIDs: Bool
    ) async throws(StoreFailure) -> Int {
        // What arrives from now on stays.
        let start = try await store.read { database -> (number: Int64, floor: Int64, end: Int64)? in
            guard let conversation = try Conversation.find(removal.contact, in: database) else {
                return nil
            }
            let floor = keepingIDs ? try Self.floor(of: conversation.number, in: database) : .max
            let end = try Int64.fetchOne(
                database, sql: "SELECT max(position) FROM message WHERE conversation = ?",
                arguments: [conversation.number])
            return (conversation.number, floor, end ?? 0)
        }
        guard let start else { return 0 }
        var count = 0
        while true {
            let removed = try await store.write { database in
                let positions = try Int64.fetchAll(
                    database,
                    sql: """
                        SELECT position FROM message INDEXED BY messageByConversation
                        WHERE conversation = ?1 AND \(removal.condition)
                            AND position <= ?3
                        LIMIT ?4
                        """,
                    arguments: [start.number, removal.argument, start.end, Self.part])
                try Self.delete(
                    positions, of: start.number, keepingIDsAbove: start.floor, database)
                return positions.count
            }
            count += removed
            if removed < Self.part { return count }
        }
    }

    private func removeConversation(with contact: Fingerprint) async throws(StoreFailure) -> Int {
        try await store.write { database in
            guard let conversation = try Conversation.find(contact, in: database) else { return 0 }
            // Those that arrived meanwhile.
            try database.execute(
                sql: "DELETE FROM message WHERE conversation = ?", arguments: [conversation.number])
            let count = database.changesCount
            for table in ["forgotten WHERE conversation", "conversation WHERE number"] {
                try database.execute(
                    sql: "DELETE FROM \(table) = ?", arguments: [conversation.number])
            }
            return count
        }
    }

    /// The position from which on the ids of incoming messages are worth keeping.
    private static func floor(of conversation: Int64, in database: Database) throws -> Int64 {
        try Int64.fetchOne(
            database,
            sql: """
                SELECT position FROM message INDEXED BY messageByConversation
                WHERE conversation = ? AND direction = 0
                ORDER BY position DESC LIMIT 1 OFFSET ?
                """,
            arguments: [conversation, forgottenIDs]) ?? 0
    }

    private static func delete(
        _ positions: [Int64], of conversation: Int64, keepingIDsAbove floor: Int64,
        _ database: Database
    ) throws {
        let keeping = try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO forgotten (conversation, id, position)
                SELECT conversation, id, position FROM message
                WHERE position = ? AND direction = 0
                """)
        let deletion = try database.cachedStatement(sql: "DELETE FROM message WHERE position = ?")
        for position in positions {
            if position > floor { try keeping.execute(arguments: [position]) }
            try deletion.execute(arguments: [position])
        }
        try database.cachedStatement(
            sql: """
                DELETE FROM forgotten WHERE conversation = ?1 AND position <= (
                    SELECT position FROM forgotten WHERE conversation = ?1
                    ORDER BY position DESC LIMIT 1 OFFSET ?2)
                """
        ).execute(arguments: [conversation, forgottenIDs])
    }
}
