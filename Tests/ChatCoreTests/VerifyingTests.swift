import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("A contact whose safety number was compared")
struct VerifyingTests {
    @Test("is verified, on disk and in what is told of them")
    func verified() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        #expect(try await alice.node.markVerified("bob").trust == .verified)
        #expect(alice.store.contact(2)?.trust == .verified)
        _ = await alice.open(1, 2)
        guard case .connected(let peer, _, _) = try await alice.events()[1] else {
            Issue.record("no connection")
            return
        }
        #expect(peer.trust == .verified)
    }

    @Test("stays so when an address is learnt while the disk is at work, and keeps the address")
    func concurrentLearning() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        alice.store.hold()
        let verifying = Task { try await alice.node.markVerified("bob") }
        try await alice.store.waitForHeld()
        _ = await alice.open(1, 2, dialled: .bob)
        alice.store.release()
        let contact = try await verifying.value
        #expect(contact.trust == .verified)
        #expect(contact.addresses == [.bob])
        try await alice.store.wait(for: "the address on disk") {
            $0.contact(2)?.addresses == [.bob]
        }
        #expect(alice.store.contact(2)?.trust == .verified)
    }

    @Test("is not verified where that can't be saved, also with an address learnt meanwhile")
    func failure() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        alice.store.hold()
        let verifying = Task { try await alice.node.markVerified("bob") }
        try await alice.store.waitForHeld()
        _ = await alice.open(1, 2, dialled: .bob)
        alice.store.fail(with: StoreFailure(.full, "The disk is full."))
        alice.store.release()
        let error = await #expect(throws: NodeFailure.self) { try await verifying.value }
        #expect(error?.code == .storage)
        #expect(try await alice.node.contact("bob").trust == .trusted)
        alice.store.fail(with: nil)
        await alice.close(1)
        _ = await alice.open(2, 2, dialled: PeerAddress(host: "elsewhere", port: 1))
        try await alice.store.wait(for: "an address on disk") {
            $0.contact(2)?.addresses.isEmpty == false
        }
        #expect(alice.store.contact(2)?.trust == .trusted)
    }

    @Test("is not one who is being removed")
    func removal() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        alice.store.hold()
        let removing = Task { try await alice.node.removeContact("bob") }
        try await alice.store.waitForHeld()
        let verifying = Task { try await alice.node.markVerified("bob") }
        alice.store.release()
        try await removing.value
        let error = await #expect(throws: NodeFailure.self) { try await verifying.value }
        #expect(error?.code == .unknownContact)
        #expect(alice.store.contacts.isEmpty)
    }
}
