import ChatCore
import GRDB
import Testing

@testable import ChatStore

@Suite("Settings")
struct PreferencesTests {
    @Test("are kept by name, byte for byte, and set together")
    func kept() async throws {
        let folder = try TemporaryFolder()
        let store = try ChatStore.open(at: folder.database)
        #expect(try await store.preferences() == [:])
        try await store.setPreferences(["a": "1", "window.title": "nul\0é", "empty": ""])
        try await store.setPreferences(["a": "2"])
        try await store.close()
        let again = try ChatStore.open(at: folder.database)
        #expect(
            try await again.preferences() == ["a": "2", "window.title": "nul\0é", "empty": ""])
    }

    @Test("that are too long are refused, all of them together")
    func refused() async throws {
        let store = try ChatStore.inMemory()
        for bad in ["", String(repeating: "n", count: 129)] {
            let failure = try await failure {
                try await store.setPreferences(["good": "1", bad: "x"])
            }
            #expect(failure.code == .conflict)
        }
        let failure = try await failure {
            try await store.setPreferences(["good": String(repeating: "é", count: 2_049)])
        }
        #expect(failure.code == .conflict)
        #expect(try await store.preferences() == [:])
    }

    @Test("find their place in a database of the second version, beside all it holds")
    func fromV2() async throws {
        let folder = try TemporaryFolder()
        let old = try DatabaseQueue(path: folder.database)
        try Migrations.all.migrate(old, upTo: "v2")
        try await old.write { database in
            try database.execute(
                sql: "INSERT INTO contact VALUES (?, 'bob', 'trusted', NULL, 1)",
                arguments: [Stored.key(try fingerprint(1))])
        }
        try old.close()
        let store = try ChatStore.open(at: folder.database)
        try await store.setPreferences(["a": "1"])
        #expect(try await store.load().contacts.map(\.name) == ["bob"])
        #expect(try await store.preferences() == ["a": "1"])
        try await store.integrityCheck()
    }
}
