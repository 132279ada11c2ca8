import ChatCore
import ChatValues
import GRDB
import Testing

@testable import ChatStore

@Suite("The database keeps its own rules")
struct BoundsTests {
    @Test("the 257th request pushes out the one seen longest ago")
    func requestLimit() async throws {
        let store = try ChatStore.inMemory()
        for number in 0..<256 {
            // Number 7 was seen longest ago, not first or last saved.
            try await store.save(try request(number, seen: number == 7 ? 1 : Double(100 + number)))
        }
        #expect(try await store.load().requests.count == 256)
        // One that is known takes no other's place.
        try await store.save(try request(9, seen: 1_000))
        #expect(try await store.load().requests.count == 256)

        // A new one stays even with a clock far behind.
        try await store.save(try request(300, seen: 0))
        let kept = try await store.load().requests.map(\.fingerprint)
        #expect(kept.count == 256)
        #expect(try !kept.contains(fingerprint(7)))
        #expect(try kept.contains(fingerprint(300)))

        try await store.save(try request(301, seen: 2_000))
        #expect(try await !store.load().requests.map(\.fingerprint).contains(fingerprint(300)))
    }

    @Test("two contacts can't share a name, whatever its case", arguments: ["bob", "BOB", "Bob"])
    func sharedName(name: String) async throws {
        let store = try ChatStore.inMemory()
        let bob = try contact(1, name: "Bob")
        try await store.save(bob)
        try await store.save(try request(2, seen: 1))
        let failure = try await failure { try await store.save(try contact(2, name: name)) }
        #expect(failure.code == .conflict)
        #expect(failure.description.contains("two contacts can't share a name"))
        // All of the transaction is undone: the request waits as before.
        let records = try await store.load()
        #expect(records.contacts == [bob])
        #expect(records.requests.count == 1)
    }

    @Test("a name has 1 to 1,024 bytes")
    func nameLength() async throws {
        let store = try ChatStore.inMemory()
        for name in ["", String(repeating: "é", count: 513)] {
            let failure = try await failure { try await store.save(try contact(1, name: name)) }
            #expect(failure.code == .conflict)
        }
        try await store.save(try contact(1, name: String(repeating: "é", count: 512)))
    }

    @Test("a stranger's endless name is cut, and fails nobody")
    func endlessRequestName() async throws {
        let store = try ChatStore.inMemory()
        try await store.save(
            try request(1, name: String(repeating: "😀\u{301}", count: 50_000), seen: 1))
        let name = try await store.load().requests[0].name
        #expect(name == String(repeating: "😀\u{301}", count: 128))
    }

    @Test("a time that is no number is refused")
    func notANumber() async throws {
        let store = try ChatStore.inMemory()
        let failure = try await failure { try await store.save(try request(1, seen: .nan)) }
        #expect(failure.code == .conflict)
    }

    /// What `sqlite3` on the command line could try.
    @Test(
        "rows that break the schema's rules are refused",
        arguments: [
            "INSERT INTO contact VALUES (x'00', 'a', 'trusted', NULL, 0)",
            "INSERT INTO contact VALUES ('\(String(repeating: "a", count: 32))', 'a', 'trusted', "
                + "NULL, 0)",
            "INSERT INTO contact VALUES (NULL, 'a', 'trusted', NULL, 0)",
            "INSERT INTO contact VALUES (zeroblob(32), NULL, 'trusted', NULL, 0)",
            "INSERT INTO contact VALUES (zeroblob(32), 'a', 'maybe', NULL, 0)",
            "INSERT INTO contact VALUES (zeroblob(32), 'a', 'trusted', NULL, 'soon')",
            "INSERT INTO contactAddress VALUES (zeroblob(32), 0, 'a', 1, 'manual', NULL)",
            "INSERT INTO contactAddress VALUES (randomblob(32), 0, 'a', 1, 'manual', NULL)",
            "INSERT INTO request VALUES (zeroblob(31), 'a', 'h', 1, 'inbound', 0, 0, 0)",
            "INSERT INTO request VALUES (zeroblob(32), 'a', '', 1, 'inbound', 0, 0, 0)",
            "INSERT INTO request VALUES (zeroblob(32), 'a', 'h', 65536, 'inbound', 0, 0, 0)",
            "INSERT INTO request VALUES (zeroblob(32), 'a', 'h', -1, 'inbound', 0, 0, 0)",
            "INSERT INTO request VALUES (zeroblob(32), 'a', 'h', 1, 'sideways', 0, 0, 0)",
            "INSERT INTO request VALUES (zeroblob(32), 'a', 'h', 1, 'inbound', 2, 0, 0)",
        ])
    func constraints(sql: String) async throws {
        let store = try ChatStore.inMemory()
        let failure = try await failure { try await store.write { try $0.execute(sql: sql) } }
        #expect(failure.code == .conflict)
    }

    @Test("an address has one of eight places, and stands once")
    func addressPlaces() async throws {
        let store = try ChatStore.inMemory()
        let bob = try contact(1)
        try await store.save(bob)
        let insert =
            "INSERT INTO contactAddress (contact, position, host, port) SELECT fingerprint, "
        try await store.write { try $0.execute(sql: insert + "7, 'a', 1 FROM contact") }
        for row in ["8, 'b', 1", "-1, 'b', 1", "7, 'b', 1", "0, 'a', 1", "0, 'b', 65536"] {
            let failure = try await failure {
                try await store.write { try $0.execute(sql: insert + row + " FROM contact") }
            }
            #expect(failure.code == .conflict, "\(row)")
        }
    }

    @Test("values that only a hand with the checks switched off could have put there")
    func unknownValues() async throws {
        let store = try ChatStore.inMemory()
        try await store.write {
            try $0.execute(
                sql: """
                    PRAGMA ignore_check_constraints = ON;
                    INSERT INTO contact VALUES (zeroblob(32), 'a', 'maybe', NULL, 0);
                    """)
        }
        let failure = try await failure { _ = try await store.load() }
        #expect(failure.code == .damaged)
        #expect(failure.description.contains("trust holds no known value"))
    }

    @Test("what is deleted is gone from the file")
    func secureDelete() async throws {
        let folder = try TemporaryFolder()
        let secret = "the name of somebody who must not be found"
        let store = try ChatStore.open(at: folder.database)
        try await store.save(try contact(1, name: secret))
        try await store.close()
        let before = try bytes(of: folder.database)
        #expect(before.contains(Array(secret.utf8)))

        let again = try ChatStore.open(at: folder.database)
        try await again.removeContact(try fingerprint(1))
        try await again.close()
        #expect(try folder.files == ["p2pchat.sqlite"])
        let after = try bytes(of: folder.database)
        #expect(!after.contains(Array(secret.utf8)))
    }

}
