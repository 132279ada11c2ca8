import ChatCore
import ChatValues
import GRDB

/// Reads contacts and requests.
enum TrustRows {
    /// By name, without regard to the case of A to Z.
    static func contacts(_ database: Database) throws -> [Contact] {
        let addresses = try addresses(database)
        let rows = try Row.fetchCursor(
            database, sql: "SELECT * FROM contact ORDER BY name, fingerprint")
        return try Array(
            rows.map { row in
                let fingerprint = try Stored.fingerprint("fingerprint", of: row)
                return Contact(
                    name: try Stored.text("name", of: row), fingerprint: fingerprint,
                    trust: try Stored.choice("trust", of: row),
                    certificateName: try Stored.optionalText("certificateName", of: row),
                    knownAddresses: addresses[fingerprint] ?? [],
                    addedAt: try row.decode(forColumn: "addedAt"))
            })
    }

    private static func addresses(_ database: Database) throws -> [Fingerprint: [KnownAddress]] {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT * FROM contactAddress ORDER BY contact, position")
        var addresses: [Fingerprint: [KnownAddress]] = [:]
        while let row = try rows.next() {
            let contact = try Stored.fingerprint("contact", of: row)
            addresses[contact, default: []].append(
                KnownAddress(
                    try address(row), origin: try Stored.choice("origin", of: row),
                    workedAt: try row.decode(forColumn: "workedAt")))
        }
        return addresses
    }

    /// Oldest first.
    static func requests(_ database: Database) throws -> [ContactRequest] {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT * FROM request ORDER BY firstSeen, fingerprint")
        return try Array(
            rows.map { row in
                ContactRequest(
                    name: try Stored.text("name", of: row),
                    fingerprint: try Stored.fingerprint("fingerprint", of: row),
                    address: try address(row), direction: try Stored.choice("direction", of: row),
                    firstSeen: try row.decode(forColumn: "firstSeen"),
                    lastSeen: try row.decode(forColumn: "lastSeen"),
                    isRejected: try row.decode(forColumn: "isRejected"))
            })
    }

    private static func address(_ row: Row) throws -> PeerAddress {
        PeerAddress(
            host: try Stored.text("host", of: row), port: try row.decode(forColumn: "port"))
    }
}
