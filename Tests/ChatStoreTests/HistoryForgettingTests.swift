import ChatCore
import ChatIdentity
import ChatWire
import Foundation
import GRDB
import Testing

@testable import ChatStore

@Suite("What is forgotten is gone")
struct HistoryForgettingTests {
    @Test("one message, and no other")
    func oneMessage() async throws {
        let history = try await history()
        let bob = try fingerprint(1)
        let message = try incoming("in", from: 1)
        _ = try await history.add([
            message, try outgoing("out", to: 1, id: message.id),
            try incoming("carol's", from: 2, id: message.id),
        ])
        #expect(try await history.forget(.message(message.id, .incoming, with: bob)) == 1)
        #expect(try await history.forget(.message(message.id, .incoming, with: bob)) == 0)
        #expect(try await history.texts(with: 1) == ["out"])
        #expect(try await history.texts(with: 2) == ["carol's"])
        #expect(try await history.forget(.message(message.id, .outgoing, with: bob)) == 1)
        #expect(try await history.texts(with: 1).isEmpty)
        #expect(try await history.forget(.message(.random(), .outgoing, with: bob)) == 0)
        #expect(
            try await history.forget(.message(.random(), .outgoing, with: try fingerprint(8))) == 0)
    }

    @Test("a message that is sent again after it was forgotten is still a duplicate")
    func sentAgain() async throws {
        let history = try await history()
        let bob = try fingerprint(1)
        let messages = try (0..<3).map { try incoming("\($0)", from: 1) }
        _ = try await history.add(messages)
        try await history.forget(.message(messages[0].id, .incoming, with: bob))
        #expect(try await history.add([messages[0]]) == [nil])
        try await history.forget(.conversation(bob))
        #expect(try await history.add(messages) == [nil, nil, nil])
        // From another contact, or with another id, it is new.
        #expect(
            try await history.add([
                try incoming("x", from: 2, id: messages[0].id), try incoming("y", from: 1),
                try outgoing("z", to: 1, id: messages[0].id),
            ]) == [4, 5, 6])
        try await history.forget(.contact(bob))
        #expect(try await history.add(messages) == [7, 8, 9])
    }

    @Test("of ids the newest 4,096 are kept, in any order of forgetting")
    func keptIDs() async throws {
        let history = try await history()
        let bob = try fingerprint(1)
        let messages = try (0..<5_000).map { try incoming("\($0)", from: 1) }
        _ = try await history.add(messages)
        try await history.forget(.message(messages[4_999].id, .incoming, with: bob))
        #expect(try await history.forget(.conversation(bob)) == 4_999)
        let kept = try await history.store.read {
            try Int.fetchAll($0, sql: "SELECT position FROM forgotten ORDER BY position")
        }
        #expect(kept == Array(905...5_000))
        #expect(
            try await history.add([messages[4_999], messages[904], messages[903]]) == [
                nil, nil, 5_001,
            ])
        #expect(try await history.forget(.contact(bob)) == 1)
        let rows = try await history.store.read { database in
            try ["forgotten", "conversation", "message"].map {
                try Int.fetchOne(database, sql: "SELECT count(*) FROM \($0)")
            }
        }
        #expect(rows == [0, 0, 0])
    }

    @Test("settings outlive a conversation's messages, and go with the contact")
    func settings() async throws {
        let history = try await history()
        let bob = try fingerprint(1)
        _ = try await history.add([try incoming("a", from: 1), try incoming("b", from: 1)])
        _ = try await history.commit([.markRead(with: bob, upTo: 2)])
        try await history.setRetention(3_600, with: bob)
        #expect(try await history.forget(.conversation(bob)) == 2)
        let summary = try #require(try await history.conversation(with: bob))
        #expect(summary.last == nil)
        #expect(summary.lastRead == 2)
        #expect(summary.retention == 3_600)
        #expect(try await history.forget(.contact(bob)) == 0)
        #expect(try await history.conversation(with: bob) == nil)
        #expect(try await history.forget(.contact(bob)) == 0)
    }

    @Test("what was kept for as long as was set goes, but for what was not delivered")
    func retention() async throws {
        let history = try await history()
        let bob = try fingerprint(1)
        let sent = try outgoing("sent", to: 1, at: 100)
        let delivered = try outgoing("delivered", to: 1, at: 100)
        _ = try await history.add([
            try incoming("old", from: 1, at: 100), try incoming("young", from: 1, at: 200),
            try outgoing("queued", to: 1, at: 100), sent, delivered,
            try incoming("clock was back", from: 1, at: 50),
            try incoming("carol's", from: 2, at: 1), try incoming("dave's", from: 3, at: 1),
        ])
        _ = try await history.commit([
            .mark(sent.id, to: bob, as: .sent), .mark(delivered.id, to: bob, as: .delivered),
        ])
        try await history.setRetention(100, with: bob)
        try await history.setRetention(100, with: try fingerprint(3))
        try await history.setRetention(nil, with: try fingerprint(3))
        #expect(try await history.removeExpired(at: 200) == 1)
        #expect(
            try await history.texts(with: 1) == ["old", "young", "queued", "sent", "delivered"])
        #expect(try await history.removeExpired(at: 200.5) == 2)
        #expect(try await history.texts(with: 1) == ["young", "queued", "sent"])
        #expect(try await history.removeExpired(at: 200.5) == 0)
        #expect(try await history.texts(with: 2) == ["carol's"])
        #expect(try await history.texts(with: 3) == ["dave's"])
        for seconds in [0, -1, .nan, .infinity] {
            #expect(
                try await failure { try await history.setRetention(seconds, with: bob) }.code
                    == .conflict)
        }
    }

    @Test("many are forgotten in parts, and what arrives meanwhile stays")
    func parts() async throws {
        let history = try await history()
        let bob = try fingerprint(1)
        for _ in 0..<5 {
            _ = try await history.add(try (0..<1_000).map { try outgoing("\($0)", to: 1) })
        }
        async let forgetting = history.forget(.conversation(bob))
        async let arrival = history.add([try incoming("new", from: 1)])
        let (count, positions) = try await (forgetting, arrival)
        // Before or after: but never lost without being counted.
        let left = try await history.texts(with: 1)
        #expect(positions == [5_001])
        #expect(count + left.count == 5_001)
        #expect(left.allSatisfy { $0 == "new" })
    }

    @Test("nothing of it is left in any file, sealed or not")
    func files() async throws {
        let folder = try TemporaryFolder()
        let history = try await ChatStore.open(at: folder.database)
            .unlock(with: try .generate(.ed25519))
        let message = try incoming("secret", from: 1)
        let other = try incoming("other", from: 1)
        _ = try await history.add([message, other])
        _ = try await history.add(try (0..<50).map { try incoming("filler \($0)", from: 2) })
        let sealed = try await history.store.read {
            try Data.fetchAll($0, sql: "SELECT sealed FROM message ORDER BY position LIMIT 2")
        }
        func files(with bytes: Data) throws -> Int {
            try folder.files.count {
                try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + $0))
                    .range(of: bytes) != nil
            }
        }
        #expect(try files(with: sealed[0]) > 0)
        try await history.forget(
            .message(message.id, .incoming, with: try fingerprint(1)))
        #expect(try files(with: sealed[0]) == 0)
        #expect(try files(with: sealed[1]) > 0)
        try await history.forget(.contact(try fingerprint(1)))
        #expect(try files(with: sealed[1]) == 0)
        #expect(try files(with: Data(other.id.bytes)) == 0)
        #expect(try await history.texts(with: 2).count == 50)
    }

    @Test("another process that reads does not keep it from being forgotten")
    func besideAReader() async throws {
        let folder = try TemporaryFolder()
        let store = try ChatStore.open(at: folder.database, mode: .readWrite, busyTimeout: 0.05)
        let history = try await store.unlock(with: try .generate(.ed25519))
        _ = try await history.add([try incoming("a", from: 1)])
        let other = try OtherProcess(folder.database)
        try other.execute("BEGIN")
        #expect(try other.execute("SELECT count(*) FROM message") == "[(1,)]")
        #expect(try await history.forget(.contact(try fingerprint(1))) == 1)
        try other.execute("COMMIT")
        #expect(try other.execute("SELECT count(*) FROM message") == "[(0,)]")
    }
}
