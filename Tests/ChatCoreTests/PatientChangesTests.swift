import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("That a message was delivered waits for company on its way to the disk")
struct PatientChangesTests {
    /// With one message on the wire, and nothing on its way to the disk.
    private func alice() async throws -> (TestNode, RecordingLink) {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        let link = await alice.open(1, 2)
        try await alice.node.send("a", to: "bob")
        _ = try await alice.events()
        return (alice, link)
    }

    private func acknowledge(_ alice: TestNode, _ link: RecordingLink) async {
        let receipts = link.messages.compactMap(\.id).map {
            Frame.receipt(Receipt(id: $0, state: .delivered))
        }
        await alice.node.received(receipts, on: SessionID(1))
    }

    @Test("it is told at once, and shares the commit of the next message")
    func shares() async throws {
        let (alice, link) = try await alice()
        let before = alice.messages.batches.count
        await acknowledge(alice, link)
        _ = try await alice.event("delivered") { event in
            if case .delivered = event { true } else { nil }
        }
        #expect(alice.messages.batches.count == before)
        try await alice.node.send("b", to: "bob")
        #expect(alice.messages.batches.count == before + 1)
        #expect(alice.messages.batches.last?.count == 2)
        #expect(alice.messages.states(to: 2) == [.delivered, .queued])
    }

    @Test("without company it goes alone after 50 ms")
    func alone() async throws {
        let (alice, link) = try await alice()
        await acknowledge(alice, link)
        try await alice.clock.waitForSleeper(0.05)
        #expect(alice.messages.states(to: 2) == [.queued])
        alice.clock.advance(0.05)
        try await alice.messages.wait(for: "the commit") { $0.states(to: 2) == [.delivered] }
    }

    @Test("who reads, and who ends the program, does not find it missing")
    func pressed() async throws {
        let (alice, link) = try await alice()
        await acknowledge(alice, link)
        let page = try await alice.node.history(with: "bob", limit: 1)
        #expect(page.messages.map(\.state) == [.delivered])
        try await alice.node.send("b", to: "bob")
        await acknowledge(alice, link)
        await alice.node.stop()
        #expect(alice.messages.states(to: 2) == [.delivered, .delivered])
    }
}
