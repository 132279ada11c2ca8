import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("A contact shares a secret with us")
struct RendezvousTests {
    private func details(
        _ secret: RendezvousSecret?, contact: UInt8 = 2, direction: Direction = .inbound,
        instance: String? = nil
    ) -> SessionDetails {
        SessionDetails(
            fingerprint: .test(contact), certificateName: "bob", direction: direction,
            dialect: .native, remote: PeerAddress(host: "192.0.2.2", port: 40_000),
            dialled: direction == .outbound ? .bob : nil, localHost: "192.0.2.1",
            hello: Hello(username: "bob", instance: instance), newRendezvous: secret,
            security: nil)
    }

    @Test("that a session brings, which is kept, and told to discovery")
    func taken() async throws {
        let (kept, discovery) = (MemoryRendezvous(), RecordingDiscovery())
        let alice = try await TestNode(
            contacts: [.test("bob", 2)], rendezvous: kept, discovery: discovery)
        #expect(await alice.node.rendezvous(with: .test(2)) == .none)
        await alice.open(1, details(.test(7)), RecordingLink())
        #expect(await alice.node.rendezvous(with: .test(2)) == .shared(.test(7)))
        try await discovery.wait(for: "the secret and the session") {
            $0.contacts == [
                SoughtContact(fingerprint: .test(2), secret: .test(7), isConnected: true)
            ]
        }
        #expect(discovery.view?.listening == PeerAddress(host: "192.0.2.1", port: 5_555))
        await alice.close(1)
        try await discovery.wait(for: "the end of the session") { !$0.contacts[0].isConnected }
        await alice.node.stop()
        #expect(kept.secrets == [.test(2): .test(7)])
        #expect(discovery.isStopped)
    }

    @Test("that was kept, where its contact is still one")
    func loaded() async throws {
        let kept = MemoryRendezvous([.test(2): .test(7), .test(9): .test(8)])
        let alice = try await TestNode(contacts: [.test("bob", 2)], rendezvous: kept)
        #expect(await alice.node.rendezvous(with: .test(2)) == .shared(.test(7)))
        #expect(await alice.node.rendezvous(with: .test(9)) == .none)
    }

    @Test("that goes with the contact")
    func removed() async throws {
        let kept = MemoryRendezvous([.test(2): .test(7)])
        let alice = try await TestNode(contacts: [.test("bob", 2)], rendezvous: kept)
        try await alice.node.removeContact("bob")
        #expect(await alice.node.rendezvous(with: .test(2)) == .none)
    }

    @Test("of two sessions begun at one moment that of the one that stays, in either order")
    func crossed() async throws {
        // Ours is the lower fingerprint: the session that we dialled stays.
        let ours = details(.test(1), direction: .outbound, instance: "x")
        let theirs = details(.test(2), direction: .inbound, instance: "x")
        for order in [[ours, theirs], [theirs, ours]] {
            let alice = try await TestNode(
                contacts: [.test("bob", 2)], rendezvous: MemoryRendezvous())
            await alice.open(1, order[0], RecordingLink())
            await alice.open(2, order[1], RecordingLink())
            #expect(await alice.node.rendezvous(with: .test(2)) == .shared(.test(1)))
        }
    }

    @Test("not where there is nowhere to keep it")
    func off() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        await alice.open(1, details(.test(7)), RecordingLink())
        #expect(await alice.node.rendezvous(with: .test(2)) == .off)
    }
}

@Suite("Neighbours announce themselves")
struct NeighbourTests {
    private func neighbour(
        _ name: String, _ byte: UInt8, host: String = "192.0.2.50", at time: Double
    ) -> Neighbour {
        Neighbour(
            name: name, fingerprint: .test(byte),
            addresses: [PeerAddress(host: host, port: 5_555)], lastHeard: time)
    }

    @Test("and are listed until they have not been heard for a while; ourselves never")
    func listing() async throws {
        let alice = try await TestNode()
        let now = alice.clock.now
        await alice.node.heard(neighbour("carol", 3, at: now))
        await alice.node.heard(neighbour("alice", 1, at: now))
        await alice.node.heard(neighbour("crowd", 4, host: "224.0.0.1", at: now))
        #expect(await alice.node.neighbours().map(\.name) == ["carol"])
        #expect(alice.transport.pursued.isEmpty)
        alice.clock.advance(200)
        #expect(await alice.node.neighbours().isEmpty)
    }

    @Test("sixty-four at most")
    func limit() async throws {
        let alice = try await TestNode()
        for byte in UInt8(2)...200 {
            await alice.node.heard(
                neighbour("n", byte, at: alice.clock.now - 100 + Double(byte) / 4))
        }
        #expect(await alice.node.neighbours().count == 64)
        #expect(await alice.node.neighbours().map(\.fingerprint).contains(.test(200)))
    }

    @Test("and one whom the user asks is trusted and dialled")
    func greeting() async throws {
        let alice = try await TestNode()
        await alice.node.heard(neighbour("carol", 3, at: alice.clock.now))
        let contact = try await alice.node.greet("Carol")
        #expect(contact.name == "carol")
        #expect(contact.fingerprint == .test(3))
        #expect(
            alice.transport.pursued == [.test(3): [PeerAddress(host: "192.0.2.50", port: 5_555)]])
    }

    @Test("two of one name are named, and none is guessed")
    func ambiguous() async throws {
        let alice = try await TestNode()
        await alice.node.heard(neighbour("carol", 3, at: alice.clock.now))
        await alice.node.heard(neighbour("Carol", 4, at: alice.clock.now))
        await #expect(throws: NodeFailure.self) { try await alice.node.greet("carol") }
        await #expect(throws: NodeFailure.self) { try await alice.node.greet("dave") }
        #expect(await alice.node.contacts().isEmpty)
    }
}
