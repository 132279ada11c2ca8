import ChatCore
import ChatStore
import Testing

@Suite("Conversations are read in pages")
struct HistoryPagingTests {
    @Test("every message is on one page, in order, whatever the size of the pages")
    func everyMessageOnce() async throws {
        let history = try await history()
        // Three conversations, interwoven.
        var expected: [String] = []
        var messages: [NewMessage] = []
        for number in 0..<900 {
            messages.append(try incoming("\(number)", from: number % 3))
            if number % 3 == 1 { expected.append("\(number)") }
        }
        _ = try await history.add(messages)
        for size in [1, 7, 100, 299, 300, 301] {
            var texts: [String] = []
            var position: Int64?
            var hasOlder = true
            while hasOlder {
                let page = try await history.page(
                    with: try fingerprint(1), before: position, limit: size)
                texts = page.messages.compactMap(\.text) + texts
                position = page.messages.first?.position
                hasOlder = page.hasOlder
                #expect(page.messages.count == size || !hasOlder)
            }
            #expect(texts == expected)
        }
    }

    @Test("a page stays the same while messages arrive and others are forgotten")
    func stablePages() async throws {
        let history = try await history()
        let bob = try fingerprint(1)
        let messages = try (0..<20).map { try incoming("\($0)", from: 1) }
        _ = try await history.add(messages)
        let newest = try await history.page(with: bob, before: nil, limit: 5)
        #expect(newest.messages.map(\.text) == (15..<20).map { "\($0)" })
        _ = try await history.add([try incoming("new", from: 1)])
        _ = try await history.forget(.message(messages[15].id, .incoming, with: bob))
        let older = try await history.page(
            with: bob, before: newest.messages.first?.position, limit: 5)
        #expect(older.messages.map(\.text) == (10..<15).map { "\($0)" })
    }

    @Test("a position is never used again, even after everything was forgotten")
    func positionsGrow() async throws {
        let history = try await history()
        let bob = try fingerprint(1)
        #expect(try await history.add([try incoming("a", from: 1)]) == [1])
        _ = try await history.commit([.markRead(with: bob, upTo: 1)])
        try await history.forget(.conversation(bob))
        #expect(try await history.add([try incoming("b", from: 1)]) == [2])
        #expect(try await history.conversation(with: bob)?.unread == 1)
        try await history.forget(.contact(bob))
        #expect(try await history.add([try incoming("c", from: 1)]) == [3])
    }

    @Test("limits out of reason are brought into it")
    func limits() async throws {
        let history = try await history()
        let bob = try fingerprint(1)
        _ = try await history.add([try outgoing("a", to: 1), try outgoing("b", to: 1)])
        for limit in [0, -1, .min] {
            #expect(
                try await history.page(with: bob, before: nil, limit: limit).messages.map(\.text)
                    == ["b"])
            #expect(
                try await history.pending(for: bob, after: 0, limit: limit).map(\.text) == ["a"])
        }
        let all = try await history.page(with: bob, before: .max, limit: .max)
        #expect(all.messages.count == 2)
        #expect(try await history.page(with: bob, before: .min, limit: 1).messages.isEmpty)
        #expect(
            try await history.page(with: try fingerprint(2), before: nil, limit: 1).messages.isEmpty
        )
    }
}
