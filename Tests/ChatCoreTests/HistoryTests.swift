import ChatValues
import ChatWire
import Testing

@testable import ChatCore

@Suite("The history")
struct HistoryTests {
    private func alice() async throws -> TestNode {
        try await TestNode(contacts: [.test("bob", 2), .test("carol", 3)])
    }

    @Test("waits for what is on its way to the disk")
    func waits() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        alice.messages.hold()
        await alice.receive(1, .message(.test("a")))
        try await alice.messages.waitForHeld()
        try await alice.node.post("b", to: "bob")
        let node = alice.node
        let page = Task { try await node.history(with: "bob", limit: 10) }
        let conversations = Task { try await node.conversations() }
        alice.messages.release()
        #expect(try await page.value.messages.map(\.text) == ["a", "b"])
        #expect(try await conversations.value.map(\.queued) == [1])
    }

    @Test("is paged, searched and forgotten by name, and by the fingerprint of who is gone")
    func pages() async throws {
        let alice = try await alice()
        for number in 0..<10 { try await alice.node.send("\(number)", to: "bob") }
        let newest = try await alice.node.history(with: "bob", limit: 3)
        #expect(newest.messages.map(\.text) == ["7", "8", "9"])
        #expect(newest.hasOlder)
        let before = try await alice.node.history(
            with: "bob", before: newest.messages[0].position, limit: 100)
        #expect(before.messages.count == 7)
        let progress = try await alice.node.scan(
            MessageSelection(query: TextQuery("5"))
        ) { messages, _ in
            #expect(messages.map(\.text) == ["5"])
            return true
        }
        #expect(progress.matches == 1)
        try await alice.node.removeContact("bob")
        #expect(
            try await alice.node.history(with: "\(Fingerprint.test(2))", limit: 100).messages.count
                == 10)
        #expect(try await alice.node.forget(.contact(.test(2))) == 10)
        #expect(try await alice.node.conversations().isEmpty)
    }

    @Test("is not there in plain text, and no name opens somebody else's")
    func insecure() async throws {
        let plain = try await TestNode.plain()
        let calls: [@Sendable (Node) async throws -> Void] = [
            { _ = try await $0.history(with: "bob", limit: 1) },
            { _ = try await $0.conversations() },
            { try await $0.scan(MessageSelection()) { _, _ in true } },
            { try await $0.markRead(with: "bob", upTo: 1) },
            { try await $0.forget(.contact(.test(2))) },
            { try await $0.setRetention(1, with: "bob") },
            { try await $0.resend(.random(), to: "bob") },
            { try await $0.setPreferences(Preferences()) },
        ]
        for call in calls {
            let error = await #expect(throws: NodeFailure.self) { try await call(plain.node) }
            #expect(error?.code == .insecureMode)
        }
        let alice = try await alice()
        let error = await #expect(throws: NodeFailure.self) {
            try await alice.node.history(with: "mallory", limit: 1)
        }
        #expect(error?.code == .unknownContact)
    }

    @Test("that can't be read is a failure in a sentence")
    func unreadable() async throws {
        let alice = try await alice()
        alice.messages.failReads(with: StoreFailure(.damaged, "It is damaged: do this."))
        let error = await #expect(throws: NodeFailure.self) {
            try await alice.node.history(with: "bob", limit: 1)
        }
        #expect(error?.code == .storage)
        #expect(error?.description == "It is damaged: do this.")
    }

    @Test("is looked through for what has expired at the start, and every hour")
    func retention() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        await alice.receive(1, .message(.test("old")))
        try await alice.node.send("waits", to: "carol")
        try await alice.clock.waitForSleeper(3_600)
        try await alice.node.setRetention(100, with: "bob")
        try await alice.node.setRetention(100, with: "carol")
        #expect(alice.messages.messages.count == 2)
        alice.clock.advance(3_600)
        try await alice.messages.wait(for: "the old one to go") { $0.messages.count == 1 }
        #expect(alice.messages.messages.map(\.text) == ["waits"])
        try await alice.clock.waitForSleeper(3_600)
        await alice.node.stop()
        #expect(alice.clock.alarms.isEmpty)
    }
}
