import ChatCore
import ChatIdentity
import ChatValues
import GRDB
import Testing

@testable import ChatStore

@Suite("Secrets that contacts share with us are kept sealed")
struct RendezvousTests {
    private func secret(_ byte: UInt8) throws -> RendezvousSecret {
        try #require(RendezvousSecret(bytes: [UInt8](repeating: byte, count: 32)))
    }

    @Test("a secret is there after closing and opening, and the newest counts")
    func reopening() async throws {
        let folder = try TemporaryFolder()
        let owner = try PrivateKey.generate(.ed25519)
        let bob = try contact(1)
        let store = try ChatStore.open(at: folder.database)
        let history = try await store.unlock(with: owner)
        try await store.save(bob)
        try await history.save(secret(1), sharedWith: bob.fingerprint)
        try await history.save(secret(2), sharedWith: bob.fingerprint)
        // Saving the contact anew leaves its secret alone.
        try await store.save(bob)
        try await store.close()

        let again = try await ChatStore.open(at: folder.database).unlock(with: owner)
        #expect(try await again.rendezvousSecrets() == [bob.fingerprint: secret(2)])
    }

    @Test("it goes with the contact, and a stranger has none")
    func removal() async throws {
        let store = try ChatStore.inMemory()
        let history = try await store.unlock(with: try PrivateKey.generate(.ed25519))
        let bob = try contact(1)
        try await history.save(secret(1), sharedWith: bob.fingerprint)
        #expect(try await history.rendezvousSecrets().isEmpty)
        try await store.save(bob)
        try await history.save(secret(1), sharedWith: bob.fingerprint)
        try await store.removeContact(bob.fingerprint)
        try await store.save(bob)
        #expect(try await history.rendezvousSecrets().isEmpty)
    }

    @Test("what stands in the file is not the secret, and opens for its own contact alone")
    func sealing() async throws {
        let store = try ChatStore.inMemory()
        let history = try await store.unlock(with: try PrivateKey.generate(.ed25519))
        let (bob, eve) = (try contact(1, name: "bob"), try contact(2, name: "eve"))
        try await store.save(bob)
        try await store.save(eve)
        try await history.save(secret(7), sharedWith: bob.fingerprint)
        let sealed = try await store.read { database in
            try String.fetchAll(database, sql: "SELECT hex(sealed) FROM rendezvous")
        }
        #expect(sealed.count == 1)
        #expect(sealed.allSatisfy { !$0.contains("07070707") })
        try await store.write { database in
            try database.execute(
                sql: "UPDATE rendezvous SET contact = ?",
                arguments: [Stored.key(eve.fingerprint)])
        }
        #expect(try await history.rendezvousSecrets().isEmpty)
    }
}

@Suite("An earlier version's addresses become this one's")
struct AddressMigrationTests {
    @Test("from each version before", arguments: ["v1", "v2", "v3"])
    func migrating(from version: String) async throws {
        let folder = try TemporaryFolder()
        let bob = try contact(1)
        let key = Stored.key(bob.fingerprint)
        let old = try DatabaseQueue(path: folder.database)
        try Migrations.all.migrate(old, upTo: version)
        try await old.write { database in
            try database.execute(
                sql: """
                    INSERT INTO contact (fingerprint, name, trust, addedAt)
                        VALUES (?, 'bob', 'trusted', 1);
                    INSERT INTO contactAddress (contact, position, host, port)
                        VALUES (?, 0, '192.0.2.1', 5555), (?, 1, '192.0.2.2', 5556);
                    """, arguments: [key, key, key])
        }
        try old.close()
        let contacts = try await ChatStore.open(at: folder.database).load().contacts
        #expect(
            contacts.first?.knownAddresses == [
                KnownAddress(PeerAddress(host: "192.0.2.1", port: 5_555), origin: .session),
                KnownAddress(PeerAddress(host: "192.0.2.2", port: 5_556), origin: .session),
            ])
    }
}
