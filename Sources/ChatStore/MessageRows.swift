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

/// A row of the table `conversation`.
struct Conversation: Sendable {
    let number: Int64
    let contact: Fingerprint
    let lastRead: Int64
    let retention: Double?

    static func all(_ database: Database) throws -> [Conversation] {
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM conversation")
        return try Array(rows.map(read))
    }

    static func find(_ contact: Fingerprint, in database: Database) throws -> Conversation? {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM conversation WHERE contact = ?")
        return try Row.fetchOne(statement, arguments: [Stored.key(contact)]).map(read)
    }

    static func number(of contact: Fingerprint, makingIn database: Database) throws -> Int64 {
        let key = Stored.key(contact)
        let known = try database.cachedStatement(
            sql: "SELECT number FROM conversation WHERE contact = ?")
        if let number = try Int64.fetchOne(known, arguments: [key]) { return number }
        try database.cachedStatement(sql: "INSERT INTO conversation (contact) VALUES (?)")
            .execute(arguments: [key])
        return database.lastInsertedRowID
    }

    private static func read(_ row: Row) throws -> Conversation {
        Conversation(
            number: try row.decode(forColumn: "number"),
            contact: try Stored.fingerprint("contact", of: row),
            lastRead: try row.decode(forColumn: "lastRead"),
            retention: try row.decode(forColumn: "retention"))
    }
}

/// Rows of the table `message`, and how values stand in them.
enum MessageRows {
    /// What ``message(_:of:key:)`` wants to have selected, in order.
    static let columns = "position, direction, id, state, dialect, timestamp, storedAt, sealed"

    static func number(of direction: MessageDirection) -> Int64 {
        switch direction {
        case .incoming: 0
        case .outgoing: 1
        }
    }

    static func number(of dialect: Dialect) -> Int64 {
        switch dialect {
        case .native: 0
        case .seed: 1
        }
    }

    static func bytes(of id: MessageID) -> Data { Data(id.bytes) }

    static func id(_ bytes: Data) throws -> MessageID {
        guard let id = MessageID(bytes: bytes) else { throw UnknownValue(column: "id") }
        return id
    }

    /// - Parameter query: Nil takes every message.
    /// - Returns: Nil where the content does not match.
    static func message(
        _ row: Row, of conversation: Conversation, key: SealingKey, matching query: TextQuery? = nil
    ) throws -> StoredMessage? {
        let content: StoredMessage.Content
        let sender: String?
        if let body = try open(row, of: conversation, key: key),
            let parts = SealedBody.parse(body)
        {
            let isWanted = body.withUnsafeBufferPointer {
                query?.matches(utf8: UnsafeBufferPointer(rebasing: $0[parts.content])) ?? true
            }
            guard isWanted else { return nil }
            content = .text(String(decoding: body[parts.content], as: UTF8.self))
            sender = parts.sender.map { String(decoding: body[$0], as: UTF8.self) }
        } else {
            content = .damaged
            sender = nil
        }
        return try describe(row, of: conversation, content: content, claimedSender: sender)
    }

    /// Nil where the bytes are not those that were sealed for this row.
    private static func open(
        _ row: Row, of conversation: Conversation, key: SealingKey
    ) throws -> [UInt8]? {
        let data = SealedBody.associatedData(
            contact: conversation.contact.bytes, direction: try row.decode(atIndex: 1),
            id: try row.decode(atIndex: 2), position: try row.decode(atIndex: 0),
            timestamp: try row.decode(atIndex: 5), storedAt: try row.decode(atIndex: 6),
            dialect: try row.decode(atIndex: 4))
        return try row.withUnsafeData(atIndex: 7) { sealed in
            try sealed?.withUnsafeBytes { sealed in
                try data.withUnsafeBytes { data in
                    do {
                        return try key.open(sealed, associatedData: data)
                    } catch SealingError.library(let reason) {
                        throw StoreFailure(.unreadable, SealingError.library(reason).description)
                    } catch {
                        return nil
                    }
                }
            }
        }
    }

    private static func describe(
        _ row: Row, of conversation: Conversation, content: StoredMessage.Content,
        claimedSender: String?
    ) throws -> StoredMessage {
        let position = try row.decode(Int64.self, atIndex: 0)
        let state: MessageState
        if let number = try row.decode(Int?.self, atIndex: 3) {
            guard let known = MessageState(rawValue: number) else {
                throw UnknownValue(column: "state")
            }
            state = known
        } else {
            state = position <= conversation.lastRead ? .read : .delivered
        }
        return StoredMessage(
            position: position, id: try id(row.decode(atIndex: 2)), contact: conversation.contact,
            direction: try row.decode(Int64.self, atIndex: 1) == 1 ? .outgoing : .incoming,
            content: content, timestamp: try row.decode(atIndex: 5),
            storedAt: try row.decode(atIndex: 6), state: state, claimedSender: claimedSender,
            dialect: try row.decode(Int64?.self, atIndex: 4).map { $0 == 1 ? .seed : .native })
    }
}
