import ChatWire
import Synchronization
import Testing

@testable import ChatCore

@Suite("An application on the node's thread has its events delivered")
struct DeliveredEventsTests {
    @Test("those that waited first, then each at the moment it happens")
    func order() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        try await alice.node.send("a", to: "bob", reference: "a")
        let told = Mutex<[String]>([])
        await alice.node.deliverEvents { event, _ in told.withLock { $0.append(event.summary) } }
        #expect(told.withLock { $0 } == ["queued bob a"])
        let link = await alice.open(1, 2)
        await alice.acknowledge(1, link.messages)
        #expect(
            told.withLock { $0 } == [
                "queued bob a", "connected bob native", "presence bob online", "sent bob a",
                "delivered bob a",
            ])
    }

    @Test("an observer is told as well")
    func observed() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        let seen = Mutex<[String]>([])
        alice.node.events.observe { event in seen.withLock { $0.append(event.summary) } }
        await alice.node.deliverEvents { _, _ in }
        try await alice.node.send("a", to: "bob", reference: "a")
        #expect(seen.withLock { $0 } == ["queued bob a"])
    }

    @Test(
        "what it says in answer goes out in order, whether or not the disk takes time",
        arguments: [true, false])
    func answering(answersAtOnce: Bool) async throws {
        let alice = try await TestNode(
            contacts: [.test("bob", 2)], messages: MemoryMessages(answersAtOnce: answersAtOnce))
        let link = await alice.open(1, 2)
        let failures = Mutex<[String]>([])
        await alice.node.deliverEvents { event, node in
            guard case .message(let message) = event else { return }
            do {
                try node.put("re: \(message.content)", to: "bob")
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        let said = (0..<100).map {
            Message(id: .random(), sender: "bob", content: "\($0)", timestamp: 1)
        }
        await alice.node.received(said.map(Frame.message), on: SessionID(1))
        await alice.settle()
        #expect(failures.withLock { $0 } == [])
        #expect(link.contents == said.map { "re: \($0.content)" })
        #expect(alice.messages.texts(.incoming, 2) == said.map(\.content))
        #expect(alice.messages.texts(.outgoing, 2) == said.map { "re: \($0.content)" })
    }

    @Test("what can't be sent is an error of the call")
    func refused() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        await #expect(throws: NodeFailure.self) { try await alice.node.put("", to: "bob") }
        await #expect(throws: NodeFailure.self) { try await alice.node.put("hi", to: "eve") }
        #expect(alice.messages.messages.isEmpty)
    }
}
