import ChatCore
import ChatStore
import Testing

@Suite("Searching and exporting go through everything, a page at a time")
struct HistoryScanTests {
    private func filled(_ count: Int) async throws -> MessageHistory {
        let history = try await history()
        let messages = try (0..<count).map { number in
            number.isMultiple(of: 2)
                ? try outgoing("Number \(number)", to: number % 3, at: Double(number))
                : try incoming("Nummer \(number)", from: number % 3, at: Double(number))
        }
        _ = try await history.add(messages)
        return history
    }

    private func scan(
        _ history: MessageHistory, _ selection: MessageSelection
    ) async throws -> Found {
        let found = Found()
        let end = try await history.scan(selection) { messages, progress in
            await found.add(messages, progress)
            return true
        }
        if end.total > 0 { #expect(await found.progress == end) }
        return found
    }

    @Test("an export has everything, once, in the order asked for")
    func export() async throws {
        let history = try await filled(2_500)
        var found = try await scan(history, MessageSelection())
        #expect(await found.messages.map(\.position) == (1...2_500).map { Int64($0) })
        found = try await scan(history, MessageSelection(order: .newestFirst))
        #expect(await found.messages.map(\.position) == (1...2_500).reversed().map { Int64($0) })
        found = try await scan(
            history, MessageSelection(contact: try fingerprint(2), order: .newestFirst))
        let expected = stride(from: 2_498, through: 2, by: -3).map { Int64($0 + 1) }
        #expect(await found.messages.map(\.position) == expected)
    }

    @Test("progress grows to the total")
    func progress() async throws {
        let history = try await filled(2_500)
        let found = try await scan(history, MessageSelection(query: TextQuery("number 7")))
        let pages = await found.pages
        #expect(pages.map(\.done) == [1_000, 2_000, 2_500])
        #expect(pages.allSatisfy { $0.total == 2_500 && $0.damaged == 0 })
        let matches = (0..<2_500).filter { $0.isMultiple(of: 2) && "\($0)".hasPrefix("7") }
        #expect(pages.last?.matches == matches.count)
        #expect(await found.messages.compactMap(\.text) == matches.map { "Number \($0)" })
    }

    @Test("times are bounds, whatever order the clock gave them")
    func times() async throws {
        let history = try await history()
        let times: [Double] = [5, 1, 9, 3, 7, 3]
        _ = try await history.add(try times.map { try incoming("\(Int($0))", from: 1, at: $0) })
        _ = try await history.add([try incoming("other", from: 2, at: 4)])
        var selection = MessageSelection(contact: try fingerprint(1), since: 3, until: 7)
        var found = try await scan(history, selection)
        #expect(await found.messages.map(\.text) == ["5", "3", "3"])
        #expect(await found.progress?.total == 3)
        selection.contact = nil
        found = try await scan(history, selection)
        #expect(await found.messages.map(\.text) == ["5", "3", "3", "other"])
        selection.since = 100
        selection.until = nil
        #expect(try await scan(history, selection).pages.isEmpty)
        #expect(
            try await scan(history, MessageSelection(contact: try fingerprint(9))).pages.isEmpty)
    }

    @Test("large messages make short pages")
    func memory() async throws {
        let history = try await history()
        let text = String(repeating: "x", count: 16_384)
        for _ in 0..<4 {
            _ = try await history.add(try (0..<50).map { _ in try incoming(text, from: 1) })
        }
        let found = try await scan(history, MessageSelection())
        #expect(await found.messages.count == 200)
        #expect(await found.pages.map(\.done) == [64, 128, 192, 200])
    }

    @Test("it ends when told to")
    func stopping() async throws {
        let history = try await filled(2_500)
        let end = try await history.scan(MessageSelection()) { _, _ in false }
        #expect(end.done == 1_000)
        #expect(end.total == 2_500)
    }

    @Test("cancelling ends it at the next page")
    func cancelling() async throws {
        let history = try await filled(2_500)
        let found = Found()
        let task = Task {
            try await history.scan(MessageSelection()) { messages, progress in
                await found.add(messages, progress)
                withUnsafeCurrentTask { $0?.cancel() }
                return true
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(await found.pages.count == 1)
    }

    @Test("changes have their turn between pages, and what they do is no surprise")
    func changesBetweenPages() async throws {
        let history = try await filled(2_500)
        let found = Found()
        let end = try await history.scan(MessageSelection()) { messages, progress in
            await found.add(messages, progress)
            if progress.done == 1_000 {
                _ = try await history.add([try incoming("new", from: 0)])
                try await history.forget(.contact(try fingerprint(1)))
            }
            return true
        }
        #expect(end.done == 2_500)
        let texts = await found.messages.compactMap(\.text)
        #expect(!texts.contains("new"))
        #expect(Set(texts).count == texts.count)
        #expect(texts.count == 1_000 + (1_000..<2_500).count { $0 % 3 != 1 })
    }

    @Test("an error in the middle is the caller's")
    func failing() async throws {
        struct Broken: Error {}
        let history = try await filled(10)
        await #expect(throws: Broken.self) {
            try await history.scan(MessageSelection()) { _, _ in throw Broken() }
        }
    }
}
