import ChatCore
import ChatIdentity
import ChatValues
import ChatWire
import GRDB

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The changes of one transaction. It must not outlive it: what it remembers of the database may
/// be rolled back.
struct MessageBatch {
    private let database: Database
    private let key: SealingKey
    private var conversations: [Fingerprint: KnownConversation] = [:]
    private var insertion: Statement?
    private var lastPosition: Int64?

    private struct KnownConversation {
        let number: Int64
        let key: [UInt8]
        /// Most have none, and then there is nothing to ask for each message.
        let hasForgottenIDs: Bool
    }

    init(_ database: Database, key: SealingKey) {
        self.database = database
        self.key = key
    }

    mutating func perform(_ change: MessageChange) throws -> MessageOutcome {
        switch change {
        case .add(let message): try add(message)
        case .mark(let id, let contact, let state):
            try move(id, to: contact, as: state) { $0 < state }
        case .requeue(let id, let contact):
            try move(id, to: contact, as: .queued) { $0 == .sent }
        case .markRead(let contact, let position): try markRead(contact, upTo: position)
        }
    }

    private mutating func add(_ message: NewMessage) throws -> MessageOutcome {
        let conversation = try conversation(with: message.contact)
        let id = MessageRows.bytes(of: message.id)
        if message.direction == .incoming, conversation.hasForgottenIDs,
            try isForgotten(id, in: conversation.number)
        {
            return .duplicate
        }
        let position = try findLastPosition() + 1
        let direction = MessageRows.number(of: message.direction)
        let dialect = message.dialect.map(MessageRows.number)
        let data = SealedBody.associatedData(
            contact: conversation.key, direction: direction, id: id, position: position,
            timestamp: message.timestamp, storedAt: message.storedAt, dialect: dialect)
        let insertion = try insertionStatement()
        let before = database.totalChangesCount
        try insertion.execute(arguments: [
            position, conversation.number, direction, id,
            message.direction == .outgoing ? MessageState.queued.rawValue : nil, dialect,
            message.timestamp, message.storedAt,
            try SealedBody.seal(message, with: key, associatedData: data),
        ])
        guard database.totalChangesCount > before else {
            try giveBack(position)
            return .duplicate
        }
        lastPosition = position
        return .stored(position: position)
    }

    private func move(
        _ id: MessageID, to contact: Fingerprint, as state: MessageState,
        where isDue: (MessageState) -> Bool
    ) throws -> MessageOutcome {
        let finding = try database.cachedStatement(
            sql: """
                SELECT position, state FROM message
                WHERE conversation = (SELECT number FROM conversation WHERE contact = ?)
                    AND direction = 1 AND id = ?
                """)
        guard
            let row = try Row.fetchOne(
                finding, arguments: [Stored.key(contact), MessageRows.bytes(of: id)]),
            let old = MessageState(rawValue: try row.decode(Int.self, atIndex: 1)), isDue(old)
        else { return .unchanged }
        try database.cachedStatement(sql: "UPDATE message SET state = ? WHERE position = ?")
            .execute(arguments: [state.rawValue, try row.decode(Int64.self, atIndex: 0)])
        return .marked(from: old)
    }

    private func markRead(
        _ contact: Fingerprint, upTo position: Int64
    ) throws -> MessageOutcome {
        // No further than there are messages: what comes later has not been read.
        let statement = try database.cachedStatement(
            sql: """
                UPDATE conversation SET lastRead = new.position
                FROM (
                    SELECT min(?2, coalesce(max(position), 0)) AS position FROM message
                    WHERE conversation = (SELECT number FROM conversation WHERE contact = ?1)
                ) AS new
                WHERE contact = ?1 AND lastRead < new.position
                """)
        let before = database.totalChangesCount
        try statement.execute(arguments: [Stored.key(contact), position])
        return database.totalChangesCount > before ? .marked(from: .delivered) : .unchanged
    }

    private mutating func insertionStatement() throws -> Statement {
        if let insertion { return insertion }
        // The index finds a duplicate while the row goes in: to look first took a third of the
        // time, and so did each further question in this statement.
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO message (position, conversation, direction, id, state, dialect,
                    timestamp, storedAt, sealed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (conversation, direction, id) DO NOTHING
                """)
        insertion = statement
        return statement
    }

    private func isForgotten(_ id: Data, in conversation: Int64) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "SELECT EXISTS (SELECT * FROM forgotten WHERE conversation = ? AND id = ?)")
        return try Bool.fetchOne(statement, arguments: [conversation, id]) ?? false
    }

    private mutating func conversation(with contact: Fingerprint) throws -> KnownConversation {
        if let known = conversations[contact] { return known }
        let asking = try database.cachedStatement(
            sql: """
                SELECT number, EXISTS (SELECT * FROM forgotten WHERE conversation = number)
                FROM conversation WHERE contact = ?
                """)
        let row = try Row.fetchOne(asking, arguments: [Stored.key(contact)])
        let known = KnownConversation(
            number: try row?.decode(atIndex: 0)
                ?? Conversation.number(of: contact, makingIn: database),
            key: contact.bytes, hasForgottenIDs: try row?.decode(atIndex: 1) ?? false)
        conversations[contact] = known
        return known
    }

    /// SQLite counts a position as used where a conflict kept the row out.
    private func giveBack(_ position: Int64) throws {
        try database.cachedStatement(
            sql: "UPDATE sqlite_sequence SET seq = ? WHERE name = 'message' AND seq = ?"
        ).execute(arguments: [position - 1, position])
    }

    private mutating func findLastPosition() throws -> Int64 {
        if let lastPosition { return lastPosition }
        let last = try Int64.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT max(coalesce((SELECT max(position) FROM message), 0),
                        coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'message'), 0))
                    """))
        lastPosition = last ?? 0
        return last ?? 0
    }
}
