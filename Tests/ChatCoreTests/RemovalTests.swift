import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("A contact that is removed")
struct RemovalTests {
    private func alice() async throws -> TestNode {
        try await TestNode(contacts: [.test("bob", 2, addresses: [.bob]), .test("carol", 3)])
    }

    @Test("is no longer let in, reached, or on disk")
    func gone() async throws {
        let alice = try await alice()
        #expect(alice.transport.pursued == [.test(2): [.bob]])
        try await alice.node.removeContact("bob")
        #expect(!alice.node.pins.contains(.test(2)))
        #expect(alice.node.pins.contains(.test(3)))
        #expect(alice.transport.pursued.isEmpty)
        #expect(alice.store.contacts.map(\.name) == ["carol"])
        #expect(await alice.node.contacts().map(\.contact.name) == ["carol"])
        #expect(try await alice.told() == ["contacts changed"])
    }

    @Test("is disconnected under their name, and their messages are reported")
    func session() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        let other = await alice.open(2, 3)
        try await alice.node.send("a", to: "bob", reference: "r1")
        try await alice.node.send("b", to: "bob", reference: "r2")
        _ = try await alice.events()
        try await alice.node.removeContact("bob")
        #expect(link.closings == [Bye(reason: .rejected)])
        #expect(other.closings.isEmpty)
        #expect(
            try await alice.told() == [
                "presence bob offline", "disconnected bob: bob is no longer a contact",
                "failure unknown-contact r1", "failure unknown-contact r2", "contacts changed",
            ])
        #expect(await alice.node.undelivered().isEmpty)
        // What the session still brings is not heard, and its end is no news.
        await alice.receive(1, .message(.test("wait!")), .typing(Typing(active: true)))
        await alice.acknowledge(1, link.messages)
        await alice.close(1)
        #expect(try await alice.told() == [])
        #expect(alice.transport.pursued.isEmpty)
    }

    @Test("while a handshake goes on is turned away after it")
    func handshake() async throws {
        let alice = try await alice()
        try await alice.node.removeContact("bob")
        _ = try await alice.events()
        let link = await alice.open(1, 2)
        #expect(link.closings == [Bye(reason: .rejected)])
        await alice.close(1)
        // A dial of ours that was on its way is no news either.
        await alice.node.attemptFailed(.unknown("bob", 2, .outbound, expected: 2, at: .bob))
        #expect(try await alice.told() == [])
    }

    @Test("without a certificate nobody gets a session at all")
    func unauthenticated() async throws {
        let alice = try await alice()
        let link = RecordingLink()
        await alice.open(
            1,
            SessionDetails(
                fingerprint: nil, certificateName: nil, direction: .inbound, dialect: .seed,
                remote: .mallory, dialled: nil, localHost: "", hello: nil, security: nil), link)
        #expect(link.closings.count == 1)
        #expect(try await alice.told() == [])
    }

    @Test("and comes back has what they said before in the history, and it is not told again")
    func back() async throws {
        let alice = try await alice()
        let message = Message.test("hello")
        _ = await alice.open(1, 2)
        await alice.receive(1, .message(message))
        try await alice.node.removeContact("02020202")
        await alice.close(1)
        try await alice.node.trust(.test(2), name: "bob")
        let link = await alice.open(2, 2)
        _ = try await alice.events()
        await alice.receive(2, .message(message))
        #expect(try await alice.told() == [])
        #expect(link.receipts.map(\.id) == [message.id])
    }

    @Test("has to be one")
    func unknown() async throws {
        let alice = try await alice()
        let error = await #expect(throws: NodeFailure.self) {
            try await alice.node.removeContact("mallory")
        }
        #expect(error?.code == .unknownContact)
    }

    @Test("only once the disk says so")
    func failure() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        _ = try await alice.events()
        alice.store.fail(with: StoreFailure(.readOnly, "The disk can't be written."))
        let error = await #expect(throws: NodeFailure.self) {
            try await alice.node.removeContact("bob")
        }
        #expect(error?.code == .storage)
        #expect(error?.description == "The disk can't be written.")
        #expect(alice.node.pins.contains(.test(2)))
        #expect(link.closings.isEmpty)
        #expect(try await alice.told() == [])
    }
}
