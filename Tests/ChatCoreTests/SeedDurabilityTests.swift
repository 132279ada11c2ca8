import ChatValues
import ChatWire
import Testing

@testable import ChatCore

@Suite("With a contact's original program, which can't tell a copy from a new message")
struct SeedDurabilityTests {
    private func alice(_ messages: MemoryMessages = MemoryMessages()) async throws -> TestNode {
        try await TestNode(contacts: [.test("bob", 2)], messages: messages)
    }

    @Test("a message is noted as sent before it goes out, and as delivered by its ack")
    func noted() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2, dialect: .seed, dialled: .bob)
        try await alice.node.send("zero", to: "bob")
        await alice.settle()
        await alice.acknowledge(1, link.messages)
        alice.messages.hold()
        let sending = Task { try await alice.node.send("a", to: "bob") }
        try await alice.messages.waitForHeld()
        alice.messages.releaseOne()
        _ = try await sending.value
        try await alice.messages.waitForHeld()
        #expect(link.contents == ["zero"])
        alice.messages.release()
        await alice.settle()
        #expect(link.contents == ["zero", "a"])
        #expect(alice.messages.states(to: 2) == [.delivered, .sent])
        await alice.acknowledge(1, Array(link.messages.suffix(1)))
        #expect(alice.messages.states(to: 2) == [.delivered, .delivered])
    }

    @Test("what was on the wire when the program died is not sent again, what waited is")
    func killed() async throws {
        let first = try await alice()
        let link = await first.open(1, 2, dialect: .seed, dialled: .bob)
        for content in ["a", "b"] { try await first.node.send(content, to: "bob") }
        #expect(link.contents == ["a"])
        let second = try await alice(first.messages)
        let next = await second.open(1, 2, dialect: .seed, dialled: .bob)
        #expect(next.contents == ["b"])
        #expect(second.messages.states(to: 2) == [.sent, .sent])
    }

    @Test("where the session ends before a message went out, it waits on, in its place")
    func endsBefore() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2, dialect: .seed, dialled: .bob)
        alice.messages.hold()
        try await alice.node.post("a", to: "bob")
        try await alice.node.post("b", to: "bob")
        try await alice.messages.waitForHeld()
        alice.messages.releaseOne()
        // The second batch stores "b" and notes that "a" is about to go out.
        try await alice.messages.wait(for: "a batch") { $0.batches.count == 1 }
        try await alice.messages.waitForHeld()
        await alice.close(1)
        let heir = RecordingLink()
        await alice.open(2, 2, heir, dialect: .seed, dialled: .bob)
        alice.messages.release()
        await alice.settle()
        #expect(link.contents == [])
        #expect(heir.contents == ["a"])
        await alice.acknowledge(2, heir.messages)
        #expect(heir.contents == ["a", "b"])
        #expect(try await alice.failures().isEmpty)
    }

    @Test("what was not confirmed goes out again when the user says so, in its place")
    func resend() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2, dialect: .seed, dialled: .bob)
        let id = try await alice.node.send("a", to: "bob", reference: "r")
        try await alice.node.send("b", to: "bob")
        await alice.close(1)
        _ = try await alice.events()
        try await alice.node.resend(id, to: "bob")
        #expect(try await alice.told() == ["queued bob r"])
        let link = await alice.open(2, 2, dialect: .seed, dialled: .bob)
        #expect(link.contents == ["a"])
        await alice.acknowledge(2, link.messages)
        #expect(link.contents == ["a", "b"])
        // Only what is unconfirmed.
        let error = await #expect(throws: NodeFailure.self) {
            try await alice.node.resend(id, to: "bob")
        }
        #expect(error?.code == .unknownMessage)
    }

    @Test("it goes out again while others are on their way, once")
    func resendWhileConnected() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2, dialect: .seed, dialled: .bob)
        let id = try await alice.node.send("a", to: "bob")
        for content in ["b", "c"] { try await alice.node.send(content, to: "bob") }
        await alice.node.notConfirmed(id, on: SessionID(1), reason: "late")
        await alice.settle()
        #expect(link.contents == ["a", "b"])
        try await alice.node.resend(id, to: "bob")
        await alice.settle()
        for _ in 0..<3 { await alice.acknowledge(1, link.messages) }
        #expect(link.contents == ["a", "b", "a", "c"])
        #expect(alice.messages.states(to: 2) == [.delivered, .delivered, .delivered])
    }

    @Test("what comes in is acknowledged after the commit")
    func incoming() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2, dialect: .seed)
        alice.messages.hold()
        await alice.receive(1, .message(.test("hi")))
        try await alice.messages.waitForHeld()
        #expect(link.receipts.isEmpty)
        alice.messages.release()
        await alice.settle()
        #expect(link.receipts.count == 1)
        #expect(alice.messages.messages.map(\.dialect) == [.seed])
    }
}
