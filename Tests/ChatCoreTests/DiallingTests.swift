import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("Going after a contact")
struct DiallingTests {
    private let other = PeerAddress(host: "198.51.100.7", port: 5_555)

    private func alice(_ addresses: [PeerAddress] = []) async throws -> TestNode {
        try await TestNode(contacts: [.test("bob", 2, addresses: addresses), .test("carol", 3)])
    }

    private func fail(_ alice: TestNode, _ address: PeerAddress = .bob) async {
        await alice.node.dialFailed(address, expecting: .test(2), explanation: "It is shut.")
    }

    @Test("begins with the start, where addresses are known")
    func start() async throws {
        let alice = try await alice([.bob, other])
        #expect(alice.transport.pursued == [.test(2): [.bob, other]])
    }

    @Test("where the user said, then where they were")
    func connect() async throws {
        let alice = try await alice([.bob])
        try await alice.node.connect(to: other, expecting: "BOB")
        #expect(alice.transport.pursued == [.test(2): [other, .bob]])
        // A message does not make it forget what the user said.
        try await alice.node.send("hi", to: "bob")
        #expect(alice.transport.pursued == [.test(2): [other, .bob]])
    }

    @Test("that the user asked for and that fails is told once")
    func toldOnce() async throws {
        let alice = try await alice()
        try await alice.node.connect(to: .bob, expecting: "bob")
        await fail(alice)
        await fail(alice)
        let failures = try await alice.failures()
        #expect(failures.map(\.code) == [.unreachable])
        #expect(failures.map(\.description) == ["It is shut. Still trying."])
        try await alice.node.connect(to: .bob, expecting: "bob")
        await fail(alice)
        #expect(try await alice.told() == ["failure unreachable"])
    }

    @Test("is told of the address that the user asked for")
    func otherAddress() async throws {
        let alice = try await alice([.bob])
        try await alice.node.connect(to: other, expecting: "bob")
        await fail(alice)
        #expect(try await alice.told() == [])
        await fail(alice, other)
        #expect(try await alice.told() == ["failure unreachable"])
    }

    @Test("by itself fails quietly")
    func quietly() async throws {
        let alice = try await alice([.bob])
        await fail(alice)
        #expect(try await alice.told() == [])
    }

    @Test("by itself is told once of each kind of refusal, until it succeeds")
    func refusals() async throws {
        let alice = try await alice([.bob])
        func refuse(_ reason: Refusal.Reason) async {
            await alice.node.attemptFailed(
                FailedAttempt(
                    reason: reason, direction: .outbound, address: .bob, expected: .test(2)))
        }
        for _ in 0..<5 { await refuse(.refusedByPeer) }
        for _ in 0..<5 { await refuse(.timeout) }
        #expect(try await alice.told() == ["refused refused-by-peer", "refused timeout"])
        _ = await alice.open(1, 2)
        await alice.close(1)
        _ = try await alice.events()
        for _ in 0..<5 { await refuse(.refusedByPeer) }
        #expect(try await alice.told() == ["refused refused-by-peer"])
        // What the user asks for is answered each time.
        try await alice.node.connect(to: .bob, expecting: "bob")
        for _ in 0..<5 { await refuse(.refusedByPeer) }
        #expect(try await alice.told() == ["refused refused-by-peer"])
    }

    @Test("ends when they are there, from whichever side")
    func success() async throws {
        let alice = try await alice([.bob])
        try await alice.node.connect(to: other, expecting: "bob")
        _ = await alice.open(1, 2)
        #expect(alice.transport.pursued.isEmpty)
        await alice.close(1)
        #expect(alice.transport.pursued == [.test(2): [.bob]])
    }

    @Test("who is there already does nothing")
    func connected() async throws {
        let alice = try await alice([.bob])
        _ = await alice.open(1, 2)
        try await alice.node.connect(to: other, expecting: "bob")
        try await alice.node.trust(.test(2), name: "bob")
        #expect(alice.transport.pursued.isEmpty)
    }

    @Test("without saying whom dials once, and is told how that ends")
    func anybody() async throws {
        let alice = try await alice()
        try await alice.node.connect(to: .bob)
        #expect(alice.transport.dials == [.init(address: .bob, expected: nil)])
        await alice.node.dialFailed(.bob, expecting: nil, explanation: "It is shut.")
        #expect(try await alice.failures().map(\.description) == ["It is shut."])
        await alice.node.attemptFailed(.unknown("mallory", 9, .outbound, at: .bob))
        #expect(try await alice.told() == ["request mallory", "refused unknown-certificate"])
        #expect(await alice.node.pendingRequests().map(\.address) == [.bob])
    }

    @Test("who is not known, or where nobody can be, is an error")
    func errors() async throws {
        let alice = try await alice()
        func code(_ address: PeerAddress, _ peer: String?) async -> NodeFailure.Code? {
            do throws(NodeFailure) {
                try await alice.node.connect(to: address, expecting: peer)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(await code(.bob, "mallory") == .unknownContact)
        #expect(await code(PeerAddress(host: "bob.example", port: 0), "bob") == .badAddress)
        await alice.node.stop()
        #expect(await code(.bob, "bob") == .stopping)
    }

    @Test("before the start is too early")
    func tooEarly() async throws {
        let node = Node(
            Node.Configuration(userName: "a", fingerprint: .test(1), now: { 0 }),
            storage: .contacts(MemoryStore()), thread: TestExecutor().thread, log: .quiet)
        let error = await #expect(throws: NodeFailure.self) { try await node.connect(to: .bob) }
        #expect(error?.code == .stopping)
    }
}
