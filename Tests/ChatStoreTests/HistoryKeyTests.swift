import ChatCore
import ChatIdentity
import GRDB
import Testing

@testable import ChatStore

@Suite("Who may read the messages")
struct HistoryKeyTests {
    @Test("another key pair is refused, and says so", arguments: KeyType.allCases)
    func wrongKey(type: KeyType) async throws {
        let folder = try TemporaryFolder()
        let owner = try PrivateKey.generate(.ed25519)
        let stranger = try PrivateKey.generate(type)
        let store = try ChatStore.open(at: folder.database)
        _ = try await store.unlock(with: owner).add([try incoming("hello", from: 1)])
        for store in [store, try ChatStore.open(at: folder.database, mode: .readOnly)] {
            let failure = try await failure { _ = try await store.unlock(with: stranger) }
            #expect(failure.code == .wrongKey)
            #expect(failure.description.contains("sealed for another key pair"))
            #expect(try await store.unlock(with: owner).texts(with: 1) == ["hello"])
        }
    }

    @Test("another passphrase on the key changes nothing")
    func passphrase() async throws {
        let folder = try TemporaryFolder()
        let owner = try PrivateKey.generate(.ed25519)
        let store = try ChatStore.open(at: folder.database)
        _ = try await store.unlock(with: owner).add([try incoming("hello", from: 1)])
        let passphrase = try Passphrase(copying: "open sesame".utf8)
        let again = try PrivateKey(pem: owner.pem(passphrase: passphrase), passphrase: passphrase)
        #expect(try await store.unlock(with: again).texts(with: 1) == ["hello"])
    }

    @Test("a new key pair is let in, and the old one out, in two steps")
    func newPair() async throws {
        let folder = try TemporaryFolder()
        let old = try PrivateKey.generate(.ed25519)
        let new = try PrivateKey.generate(.p256)
        let store = try ChatStore.open(at: folder.database)
        _ = try await store.unlock(with: old).add([try incoming("hello", from: 1)])

        #expect(
            try await failure { try await store.rewrap(old: new, new: old) }.code == .wrongKey)
        #expect(
            try await failure { try await store.removeKeys(except: new) }.code == .wrongKey)
        try await store.rewrap(old: old, new: new)
        // Whichever pair a crash leaves in place reads them.
        for key in [old, new] {
            let store = try ChatStore.open(at: folder.database)
            #expect(try await store.unlock(with: key).texts(with: 1) == ["hello"])
        }
        // Again, as after a crash.
        try await store.rewrap(old: old, new: new)
        try await store.removeKeys(except: new)
        try await store.removeKeys(except: new)
        let history = try await store.unlock(with: new)
        #expect(try await history.texts(with: 1) == ["hello"])
        _ = try await history.add([try outgoing("still", to: 1)])
        #expect(
            try await failure { _ = try await store.unlock(with: old) }.code == .wrongKey)
    }

    @Test("a home without messages gets its key with the first pair, or the next")
    func rewrappingNothing() async throws {
        let store = try ChatStore.inMemory()
        let old = try PrivateKey.generate(.ed25519)
        let new = try PrivateKey.generate(.ed25519)
        try await store.removeKeys(except: new)
        try await store.rewrap(old: old, new: new)
        try await store.removeKeys(except: new)
        #expect(try await store.unlock(with: new).conversations().isEmpty)
    }

    @Test("a reader makes no key")
    func readOnly() async throws {
        let folder = try TemporaryFolder()
        let owner = try PrivateKey.generate(.ed25519)
        try await ChatStore.open(at: folder.database).close()
        let reader = try ChatStore.open(at: folder.database, mode: .readOnly)
        let failure = try await failure { _ = try await reader.unlock(with: owner) }
        #expect(failure.code == .unreadable)
        #expect(failure.description.contains("start p2pchat once"))
        _ = try await ChatStore.open(at: folder.database).unlock(with: owner)
            .add([try incoming("hello", from: 1)])
        let history = try await reader.unlock(with: owner)
        #expect(try await history.texts(with: 1) == ["hello"])
        let writing = try await ChatStoreTests.failure {
            _ = try await history.add([try incoming("hello", from: 1)])
        }
        #expect(writing.code == .readOnly)
    }

    @Test("several that unlock at once find one key")
    func race() async throws {
        let folder = try TemporaryFolder()
        let path = folder.database
        let owner = try PrivateKey.generate(.ed25519)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for contact in 0..<6 {
                group.addTask {
                    let history = try await ChatStore.open(at: path).unlock(with: owner)
                    _ = try await history.add([try incoming("hello", from: contact)])
                }
            }
            try await group.waitForAll()
        }
        let history = try await ChatStore.open(at: path).unlock(with: owner)
        for contact in 0..<6 { #expect(try await history.texts(with: contact) == ["hello"]) }
    }

    @Test(
        "a key that was changed, cut or taken away is damage, not a new beginning",
        arguments: [
            "UPDATE historyKey SET wrapped = CAST(substr(wrapped, 1, 78) || randomblob(16) AS BLOB)",
            "UPDATE historyKey SET wrapped = "
                + "CAST(substr(wrapped, 1, 34) || randomblob(12) || substr(wrapped, 47) AS BLOB)",
            "DELETE FROM historyKey",
        ])
    func damagedKey(sql: String) async throws {
        let store = try ChatStore.inMemory()
        let owner = try PrivateKey.generate(.ed25519)
        _ = try await store.unlock(with: owner).add([try incoming("hello", from: 1)])
        try await store.write { try $0.execute(sql: sql) }
        let failure = try await failure { _ = try await store.unlock(with: owner) }
        #expect(failure.code == .damaged)
        #expect(failure.description.contains("from a copy"))
    }

    @Test("a key wrapped by a later version is left alone")
    func laterVersion() async throws {
        let store = try ChatStore.inMemory()
        let owner = try PrivateKey.generate(.ed25519)
        _ = try await store.unlock(with: owner)
        try await store.write {
            try $0.execute(
                sql: "UPDATE historyKey SET wrapped = CAST(x'02' || substr(wrapped, 2) AS BLOB)")
        }
        #expect(
            try await failure { _ = try await store.unlock(with: owner) }.code == .newer)
    }
}
