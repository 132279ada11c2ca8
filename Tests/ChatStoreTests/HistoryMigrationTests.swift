import ChatCore
import ChatIdentity
import GRDB
import Testing

@testable import ChatStore

@Suite("A database of the first version is brought up to date with all it holds")
struct HistoryMigrationTests {
    @Test("contacts, addresses and requests stay, and messages can be stored")
    func fromV1() async throws {
        let folder = try TemporaryFolder()
        let old = try DatabaseQueue(path: folder.database)
        try Migrations.all.migrate(old, upTo: "v1")
        try await old.write { database in
            let (bob, eve) = (
                Stored.key(try fingerprint(1)), Stored.key(try fingerprint(2))
            )
            try database.execute(
                sql: "INSERT INTO contact VALUES (?, 'bob', 'verified', 'Bob', 12.5)",
                arguments: [bob])
            try database.execute(
                sql: "INSERT INTO contactAddress VALUES (?, 0, '192.0.2.7', 5555)",
                arguments: [bob])
            try database.execute(
                sql: """
                    INSERT INTO request VALUES
                        (?, CAST(x'6576006c' AS TEXT), '192.0.2.8', 5556, 'inbound', 1, 1, 2)
                    """,
                arguments: [eve])
        }
        try old.close()

        let reading = try await failure {
            _ = try ChatStore.open(at: folder.database, mode: .readOnly)
        }
        #expect(reading.code == .readOnly)
        let store = try ChatStore.open(at: folder.database)
        var bob = try contact(1, name: "bob")
        bob.trust = .verified
        bob.certificateName = "Bob"
        bob.knownAddresses = [PeerAddress(host: "192.0.2.7", port: 5555)].map {
            KnownAddress($0, origin: .session)
        }
        bob.addedAt = 12.5
        let records = try await store.load()
        #expect(records.contacts == [bob])
        #expect(records.requests.map(\.name) == ["ev\0l"])
        #expect(records.requests.map(\.isRejected) == [true])
        let history = try await store.unlock(with: try .generate(.ed25519))
        _ = try await history.add([try incoming("hello", from: 1)])
        // A contact that is removed leaves what was said.
        try await store.removeContact(try fingerprint(1))
        #expect(try await history.texts(with: 1) == ["hello"])
        try await store.integrityCheck()
    }

    @Test(
        "the schema refuses what no version writes",
        arguments: [
            "UPDATE message SET state = 4 WHERE direction = 1",
            "UPDATE message SET state = NULL WHERE direction = 1",
            "UPDATE message SET state = 0 WHERE direction = 0",
            "UPDATE message SET dialect = 0 WHERE direction = 1",
            "UPDATE message SET dialect = NULL WHERE direction = 0",
            "UPDATE message SET dialect = 2 WHERE direction = 0",
            "UPDATE message SET direction = 2",
            "UPDATE message SET id = zeroblob(15)",
            "UPDATE message SET id = 'text'",
            "UPDATE message SET sealed = zeroblob(30)",
            "UPDATE message SET sealed = zeroblob(1048577)",
            "UPDATE message SET position = 4294967297 WHERE position = 1",
            "UPDATE message SET position = 0 WHERE position = 1",
            "UPDATE message SET conversation = 99",
            "UPDATE message SET storedAt = NULL",
            "UPDATE message SET timestamp = 'now'",
            "DELETE FROM conversation",
            "UPDATE conversation SET lastRead = -1",
            "UPDATE conversation SET retention = 0",
            "UPDATE conversation SET contact = zeroblob(31)",
            "UPDATE historyKey SET wrapped = zeroblob(93)",
            "UPDATE historyKey SET publicKey = zeroblob(33)",
            "INSERT INTO forgotten VALUES (99, zeroblob(16), 1)",
            "INSERT INTO forgotten VALUES (1, zeroblob(17), 1)",
        ])
    func constraints(sql: String) async throws {
        let history = try await history()
        _ = try await history.add([try incoming("in", from: 1), try outgoing("out", to: 1)])
        let failure = try await failure {
            try await history.store.write { try $0.execute(sql: sql) }
        }
        #expect(failure.code == .conflict)
        #expect(try await history.texts(with: 1) == ["in", "out"])
    }

    @Test("one key seals no more than it may")
    func lastPosition() async throws {
        let history = try await history()
        _ = try await history.add([try incoming("first", from: 1)])
        try await history.store.write {
            try $0.execute(
                sql: "UPDATE sqlite_sequence SET seq = 4294967295 WHERE name = 'message'")
        }
        #expect(try await history.add([try incoming("last", from: 1)]) == [4_294_967_296])
        let failure = try await failure { _ = try await history.add([try incoming("x", from: 1)]) }
        #expect(failure.code == .conflict)
        #expect(try await history.texts(with: 1) == ["first", "last"])
    }
}
