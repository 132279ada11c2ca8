import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("Where a contact can be reached is learnt")
struct AddressLearningTests {
    private let remote = PeerAddress(host: "192.0.2.2", port: 40_000)

    private func addresses(_ alice: TestNode) async throws -> [PeerAddress] {
        try await alice.node.contact("bob").addresses
    }

    @Test("from what was dialled, by the name it was dialled by")
    func dialled() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        _ = await alice.open(
            1, 2, hello: Hello(username: "bob", port: 6_000), remote: remote, dialled: .bob)
        #expect(try await addresses(alice) == [.bob])
        try await alice.store.wait(for: "the address on disk") {
            $0.contact(2)?.addresses == [.bob]
        }
    }

    @Test("from the host it came from and the port that its hello named")
    func inbound() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        _ = await alice.open(1, 2, hello: Hello(username: "bob", port: 6_000), remote: remote)
        #expect(try await addresses(alice) == [PeerAddress(host: "192.0.2.2", port: 6_000)])
    }

    @Test("not from who does not listen, or does not say", arguments: [nil, 0])
    func noPort(port: Int?) async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        _ = await alice.open(1, 2, hello: Hello(username: "bob", port: port), remote: remote)
        _ = await alice.open(2, 2, dialect: .seed, remote: remote)
        #expect(try await addresses(alice).isEmpty)
        await alice.node.stop()
        #expect(alice.store.writes == 0)
    }

    @Test("the newest first, each once, eight at the most")
    func limit() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        func meet(_ id: Int, port: Int) async {
            _ = await alice.open(
                UInt64(id), 2, hello: Hello(username: "bob", port: port), remote: remote)
        }
        for number in 1...10 { await meet(number, port: number) }
        #expect(try await addresses(alice).map(\.port) == [10, 9, 8, 7, 6, 5, 4, 3])
        await meet(11, port: 5)
        await meet(12, port: 5)
        #expect(try await addresses(alice).map(\.port) == [5, 10, 9, 8, 7, 6, 4, 3])
        await alice.node.stop()
        #expect(alice.store.contact(2)?.addresses.map(\.port) == [5, 10, 9, 8, 7, 6, 4, 3])
    }

    @Test("and written no more often than the disk has time for")
    func coalesced() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        alice.store.hold()
        for number in 1...100 {
            _ = await alice.open(
                UInt64(number), 2, hello: Hello(username: "bob", port: number), remote: remote)
        }
        try await alice.store.waitForHeld()
        alice.store.release()
        await alice.node.stop()
        #expect(alice.store.writes <= 2)
        #expect(alice.store.contact(2)?.addresses.first?.port == 100)
    }

    @Test("and where it can't be saved it is known at least till the end")
    func failure() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        alice.store.fail(with: StoreFailure(.full, "The disk is full."))
        _ = await alice.open(1, 2, dialled: .bob)
        let code = try await alice.event("the failure") { event in
            if case .failure(let failure) = event { failure.code } else { nil }
        }
        #expect(code == .storage)
        #expect(try await addresses(alice) == [.bob])
    }

    @Test("along with the certificate's name, where only the fingerprint was known")
    func certificateName() async throws {
        let alice = try await TestNode()
        try await alice.node.trust(.test(2), name: "Robert")
        _ = await alice.open(1, 2)
        #expect(try await alice.node.contact("Robert").certificateName == "bob")
    }
}
