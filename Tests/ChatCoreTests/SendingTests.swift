import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("A message to send")
struct SendingTests {
    private func alice(_ contacts: [Contact] = [.test("bob", 2), .test("carol", 3)]) async throws
        -> TestNode
    {
        try await TestNode(contacts: contacts)
    }

    private func failure(
        _ alice: TestNode, _ content: String, to peer: String
    ) async -> NodeFailure.Code? {
        do throws(NodeFailure) {
            try await alice.node.send(content, to: peer, reference: "r")
            return nil
        } catch {
            return error.code
        }
    }

    @Test("is queued, sent and delivered, each with its reference and id")
    func progress() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        _ = try await alice.events()
        let id = try await alice.node.send("hello", to: "bob", reference: "r1")
        #expect(try await alice.told() == ["queued bob r1", "sent bob r1"])
        let message = try #require(link.messages.first)
        #expect(
            message
                == Message(id: id, sender: "alice", content: "hello", timestamp: alice.clock.now))
        await alice.acknowledge(1, link.messages)
        let events = try await alice.events()
        #expect(events.map(\.summary) == ["delivered bob r1"])
        guard case .delivered(let status) = events[0] else { return }
        #expect(status.id == id)
        #expect(status.peer.fingerprint == .test(2))
    }

    @Test("waits for who is not there, and goes out when they come")
    func offline() async throws {
        let alice = try await alice()
        try await alice.node.send("one", to: "bob", reference: "r1")
        try await alice.node.send("two", to: "bob", reference: "r2")
        #expect(try await alice.told() == ["queued bob r1", "queued bob r2"])
        let link = await alice.open(1, 2)
        #expect(link.contents == ["one", "two"])
        #expect(try await alice.told().suffix(2) == ["sent bob r1", "sent bob r2"])
    }

    @Test("goes after a contact whose address is known, at once")
    func reaches() async throws {
        let alice = try await alice([.test("bob", 2, addresses: [.bob]), .test("carol", 3)])
        await alice.open(1, 2).close(Bye())
        await alice.close(1)
        let before = alice.transport.hurried
        try await alice.node.send("hello", to: "bob")
        #expect(alice.transport.pursued == [.test(2): [.bob]])
        #expect(alice.transport.hurried == before + 1)
        try await alice.node.send("hello", to: "carol")
        #expect(alice.transport.pursued[.test(3)] == nil)
    }

    @Test("goes nowhere for who is not known, nor for who could be several")
    func peers() async throws {
        let alice = try await alice([.test("bob", 2), .test("Eve", 3), .test("eve", 4)])
        #expect(await failure(alice, "hi", to: "mallory") == .unknownContact)
        #expect(await failure(alice, "hi", to: "192.0.2.1:5555") == .unknownContact)
        #expect(await failure(alice, "hi", to: "EVE") == .ambiguousContact)
        #expect(await failure(alice, "hi", to: "04040404") == nil)
        #expect(try await alice.told() == ["queued eve r"])
    }

    @Test("is 1 to 16,384 bytes long, whatever its characters")
    func length() async throws {
        let alice = try await alice()
        #expect(await failure(alice, "", to: "bob") == .contentEmpty)
        let limit = WireLimits.content
        for character in ["x", "ü", "😀"] {
            let longest = String(repeating: character, count: limit / character.utf8.count)
            #expect(await failure(alice, longest, to: "bob") == nil)
            #expect(await failure(alice, longest + "x", to: "bob") == .contentTooLong)
        }
        #expect(try await alice.told().count == 3)
    }

    @Test("says how long it was and how long it may be")
    func lengthInWords() async throws {
        let alice = try await alice()
        let error = await #expect(throws: NodeFailure.self) {
            try await alice.node.send(String(repeating: "ü", count: 10_000), to: "bob")
        }
        #expect(error?.description.contains("20000") == true)
        #expect(error?.description.contains("16384") == true)
    }

    @Test("is undelivered until the peer has it")
    func undelivered() async throws {
        let alice = try await alice()
        #expect(await alice.node.undelivered().isEmpty)
        let link = await alice.open(1, 2)
        for content in ["a", "b"] { try await alice.node.send(content, to: "bob") }
        try await alice.node.send("c", to: "carol")
        let undelivered = await alice.node.undelivered()
        #expect(undelivered.map(\.peer.name) == ["bob", "carol"])
        #expect(undelivered.map(\.count) == [2, 1])
        await alice.acknowledge(1, link.messages)
        #expect(await alice.node.undelivered().map(\.peer.name) == ["carol"])
    }
}
