import ChatCore
import ChatIdentity
import GRDB
import Testing

@testable import ChatStore

@Suite("A full disk stores nothing by halves")
struct HistoryFullDiskTests {
    @Test("a batch that does not fit is refused whole, and fits when there is room")
    func full() async throws {
        let folder = try TemporaryFolder()
        let history = try await ChatStore.open(at: folder.database)
            .unlock(with: try .generate(.ed25519))
        let bob = try fingerprint(1)
        let first = try outgoing("first", to: 1)
        _ = try await history.add([first])
        // No smaller than the file is already; a little more than that.
        try await history.store.write { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages + 40)")
        }
        let text = String(repeating: "x", count: 1_000)
        var stored = 1
        var refused: [NewMessage] = []
        let failure = try await failure {
            while stored < 10_000 {
                refused = try (0..<10).map { index in
                    index.isMultiple(of: 2)
                        ? try outgoing(text, to: 1) : try incoming(text, from: 1)
                }
                _ = try await history.commit(
                    refused.map(MessageChange.add) + [.mark(first.id, to: bob, as: .delivered)])
                stored += 10
            }
        }
        #expect(failure.code == .full)
        #expect(failure.description.contains("make room"))
        #expect(stored > 1)
        #expect(try await history.messageCount(with: bob) == stored)
        for message in refused {
            #expect(try await history.message(message.id, message.direction, with: bob) == nil)
        }
        let newcomer = try await ChatStoreTests.failure {
            _ = try await history.add(
                try (0..<60).map { try incoming(text, from: 2 + $0) })
        }
        #expect(newcomer.code == .full)
        #expect(try await history.conversations().map(\.contact) == [bob])
        // Reading goes on, and so does what needs no room.
        #expect(try await history.page(with: bob, before: nil, limit: 5).messages.count == 5)
        try await history.store.integrityCheck()

        try await history.store.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        let positions = try await history.add(refused)
        #expect(positions == (0..<10).map { Int64(stored + 1 + $0) })
        #expect(try await history.messageCount(with: bob) == stored + 10)
    }

    @Test("forgetting makes room")
    func forgetting() async throws {
        let folder = try TemporaryFolder()
        let history = try await ChatStore.open(at: folder.database)
            .unlock(with: try .generate(.ed25519))
        let text = String(repeating: "x", count: 1_000)
        _ = try await history.add(try (0..<200).map { _ in try outgoing(text, to: 1) })
        try await history.store.write { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        let more = try (0..<100).map { _ in try outgoing(text, to: 2) }
        #expect(try await failure { _ = try await history.add(more) }.code == .full)
        #expect(try await history.forget(.contact(try fingerprint(1))) == 200)
        #expect(try await history.add(more).count == 100)
    }
}
