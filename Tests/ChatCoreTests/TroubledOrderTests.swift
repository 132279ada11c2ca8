import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("A disk that takes some messages and not others")
struct TroubledOrderTests {
    private let broken = StoreFailure(.unreadable, "the disk failed")

    private func texts(_ batch: [MessageChange]) -> [String] {
        batch.compactMap { if case .add(let message) = $0 { message.content } else { nil } }
    }

    @Test("keeps what one contact says in order, and holds up nobody else")
    func order() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2), .test("carol", 3)])
        alice.messages.fail { batch in
            texts(batch).contains("large") ? broken : nil
        }
        let link = await alice.open(1, 2)
        let other = await alice.open(2, 3, hello: Hello(username: "carol"))
        let said = ["first", "large", "third", "fourth"].map { Message.test($0) }
        // All that comes while this one is on its way to the disk goes there together.
        alice.messages.hold()
        await alice.receive(2, .message(.test("hello")))
        try await alice.messages.waitForHeld()
        await alice.receive(1, .message(said[0]), .message(said[1]), .message(said[2]))
        await alice.receive(2, .message(.test("from carol")))
        await alice.receive(1, .message(said[3]))
        alice.messages.release()
        try await alice.clock.waitForSleeper(1)
        #expect(alice.messages.texts(.incoming, 2) == ["first"])
        #expect(alice.messages.texts(.incoming, 3) == ["hello", "from carol"])
        #expect(link.receipts.map(\.id) == [said[0].id])
        #expect(other.receipts.count == 2)

        // A change of the user's is tried at once, with all that waits; the order holds.
        try await alice.node.send("hello", to: "carol")
        #expect(alice.messages.texts(.incoming, 2) == ["first"])

        alice.messages.fail(with: nil)
        try await alice.clock.waitForSleeper(1)
        alice.clock.advance(1)
        try await alice.messages.wait(for: "the rest") { $0.texts(.incoming, 2).count == 4 }
        #expect(alice.messages.texts(.incoming, 2) == said.map(\.content))
        _ = try await alice.events()
        #expect(link.receipts.map(\.id) == said.map(\.id))
    }
}
