public import ChatCore
import ChatIdentity
public import ChatValues
import GRDB

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The secrets that contacts share with us, sealed with the key that messages are sealed with.
/// What a secret is bound to: `p2pchat rendezvous 1` and the contact's fingerprint.
extension MessageHistory: RendezvousStore {
    /// One that does not open is left out: the next session with that contact makes another.
    public func rendezvousSecrets() async throws(StoreFailure) -> [Fingerprint: RendezvousSecret] {
        try await store.read { [key] database in
            var secrets: [Fingerprint: RendezvousSecret] = [:]
            let rows = try Row.fetchCursor(database, sql: "SELECT * FROM rendezvous")
            while let row = try rows.next() {
                let contact = try Stored.fingerprint("contact", of: row)
                let sealed = Array(try row.decode(Data.self, forColumn: "sealed"))
                guard
                    let bytes = try? key.open(sealed, associatedData: Self.place(of: contact))
                else { continue }
                secrets[contact] = RendezvousSecret(bytes: bytes)
            }
            return secrets
        }
    }

    public func save(
        _ secret: RendezvousSecret, sharedWith contact: Fingerprint
    ) async throws(StoreFailure) {
        let sealed: [UInt8]
        do {
            sealed = try key.seal(secret.bytes, associatedData: Self.place(of: contact))
        } catch {
            throw StoreFailure(.unreadable, error.description)
        }
        try await store.write { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO rendezvous (contact, sealed)
                    SELECT fingerprint, ? FROM contact WHERE fingerprint = ?
                    """,
                arguments: [Data(sealed), Stored.key(contact)])
        }
    }

    private static func place(of contact: Fingerprint) -> [UInt8] {
        Array("p2pchat rendezvous 1".utf8) + contact.bytes
    }
}
