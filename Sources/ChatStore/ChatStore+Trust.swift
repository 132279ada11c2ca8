public import ChatCore
public import ChatValues
import GRDB

extension ChatStore: TrustStore {
    public func load() async throws(StoreFailure) -> TrustRecords {
        try await read { database in
            TrustRecords(
                contacts: try TrustRows.contacts(database),
                requests: try TrustRows.requests(database))
        }
    }

    /// Of the addresses the first eight are kept, each once.
    public func save(_ contact: Contact) async throws(StoreFailure) {
        try await write { database in try Self.put(contact, in: database) }
    }

    /// In one transaction: there is no moment at which neither of the two is a contact.
    public func replace(_ old: Contact, with contact: Contact) async throws(StoreFailure) {
        try await write { database in
            try Self.remove(old.fingerprint, from: database)
            try Self.put(contact, in: database)
        }
    }

    public func removeContact(_ fingerprint: Fingerprint) async throws(StoreFailure) {
        try await write { database in try Self.remove(fingerprint, from: database) }
    }

    /// Keeps at most 256 requests; those seen longest ago go. A name longer than 256 code points,
    /// which no honest certificate has, is cut.
    public func save(_ request: ContactRequest) async throws(StoreFailure) {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO request (fingerprint, name, host, port, direction, isRejected,
                        firstSeen, lastSeen)
                    VALUES (?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, ?, ?, ?)
                    ON CONFLICT (fingerprint) DO UPDATE SET name = excluded.name,
                        host = excluded.host, port = excluded.port,
                        direction = excluded.direction, isRejected = excluded.isRejected,
                        firstSeen = excluded.firstSeen, lastSeen = excluded.lastSeen
                    """,
                arguments: [
                    Stored.key(request.fingerprint),
                    Stored.text(
                        String(String.UnicodeScalarView(request.name.unicodeScalars.prefix(256)))),
                    Stored.text(request.address.host), request.address.port,
                    request.direction.rawValue, request.isRejected, request.firstSeen,
                    request.lastSeen,
                ])
        }
    }

    public func removeRequest(_ fingerprint: Fingerprint) async throws(StoreFailure) {
        try await write { database in
            try database.execute(
                sql: "DELETE FROM request WHERE fingerprint = ?",
                arguments: [Stored.key(fingerprint)])
        }
    }

    private static func remove(_ fingerprint: Fingerprint, from database: Database) throws {
        try database.execute(
            sql: "DELETE FROM contact WHERE fingerprint = ?",
            arguments: [Stored.key(fingerprint)])
    }

    private static func put(_ contact: Contact, in database: Database) throws {
        let key = Stored.key(contact.fingerprint)
        // Not REPLACE, which would also delete another contact that has the name.
        try database.execute(
            sql: """
                INSERT INTO contact (fingerprint, name, trust, certificateName, addedAt)
                VALUES (?, CAST(? AS TEXT), ?, CAST(? AS TEXT), ?)
                ON CONFLICT (fingerprint) DO UPDATE SET name = excluded.name,
                    trust = excluded.trust, certificateName = excluded.certificateName,
                    addedAt = excluded.addedAt
                """,
            arguments: [
                key, Stored.text(contact.name), contact.trust.rawValue,
                contact.certificateName.map(Stored.text), contact.addedAt,
            ])
        try database.execute(
            sql: "DELETE FROM contactAddress WHERE contact = ?", arguments: [key])
        var position = 0
        let addresses = contact.addresses
        for (index, known) in contact.knownAddresses.enumerated()
        where !addresses[..<index].contains(known.address) && position < 8 {
            try database.execute(
                sql: """
                    INSERT INTO contactAddress (contact, position, host, port, origin, workedAt)
                    VALUES (?, ?, CAST(? AS TEXT), ?, ?, ?)
                    """,
                arguments: [
                    key, position, Stored.text(known.address.host), known.address.port,
                    known.origin.rawValue, known.workedAt,
                ])
            position += 1
        }
        try database.execute(
            sql: "DELETE FROM request WHERE fingerprint = ?", arguments: [key])
    }
}
