import ChatCore
import ChatValues
import ChatWire
import Logging
import Testing

@Suite("The start")
struct StartingTests {
    private func node(_ store: MemoryStore) -> Node {
        Node(
            Node.Configuration(userName: "alice", fingerprint: .test(1), now: { 0 }),
            storage: .contacts(store), thread: TestExecutor().thread, log: .quiet)
    }

    @Test("brings back the contacts, lets them in, and says where we listen")
    func start() async throws {
        let records = TrustRecords(
            contacts: [.test("bob", 2, addresses: [.bob])], requests: [.test("mallory", 9)])
        let node = node(MemoryStore(records))
        let transport = RecordingTransport()
        let address = PeerAddress(host: "::", port: 5_555)
        try await node.start(on: transport, listen: address)
        #expect(node.pins.contains(.test(2)))
        #expect(await node.contacts().map(\.contact) == records.contacts)
        #expect(await node.pendingRequests() == records.requests)
        #expect(transport.pursued == [.test(2): [.bob]])
        let first = try await within("the first event") { () -> String? in
            for await event in node.events { return event.summary }
            return nil
        }
        #expect(first == "listening [::]:5555")
    }

    @Test("says where we listen before it tells who knocked meanwhile")
    func knock() async throws {
        let node = node(MemoryStore(TrustRecords()))
        try await node.start(on: EagerTransport(node: node), listen: .bob)
        await node.stop()
        var told: [String] = []
        for await event in node.events { told.append(event.summary) }
        #expect(told.first == "listening \(PeerAddress.bob)")
        #expect(told.contains { $0.hasPrefix("refused") })
        #expect(told.last == "stopped")
    }

    @Test("without contacts that can be read is no start, and lets nobody in")
    func damaged() async throws {
        let store = MemoryStore(TrustRecords(contacts: [.test("bob", 2)]))
        store.fail(with: StoreFailure(.damaged, "The contacts can't be read: restore a copy."))
        let node = node(store)
        let error = await #expect(throws: NodeFailure.self) {
            try await node.start(on: RecordingTransport(), listen: nil)
        }
        #expect(error?.code == .storage)
        #expect(error?.description == "The contacts can't be read: restore a copy.")
        #expect(!node.pins.contains(.test(2)))
    }

    @Test("where the port is taken is no start, and nobody is gone after")
    func taken() async throws {
        let node = node(MemoryStore(TrustRecords(contacts: [.test("bob", 2, addresses: [.bob])])))
        let transport = RecordingTransport(listening: NodeFailure(.addressInUse, "Taken."))
        let error = await #expect(throws: NodeFailure.self) {
            try await node.start(on: transport, listen: .bob)
        }
        #expect(error?.code == .addressInUse)
        #expect(transport.pursued.isEmpty)
        await node.stop()
        #expect(transport.isStopped)
    }

    @Test("after the end is no start")
    func stopped() async throws {
        let node = node(MemoryStore(TrustRecords(contacts: [.test("bob", 2, addresses: [.bob])])))
        await node.stop()
        let transport = RecordingTransport()
        for listen in [nil, PeerAddress.bob] {
            let error = await #expect(throws: NodeFailure.self) {
                try await node.start(on: transport, listen: listen)
            }
            #expect(error?.code == .stopping)
        }
        #expect(transport.pursued.isEmpty)
    }
}

/// Somebody knocks as soon as the port is open.
private struct EagerTransport: Transport {
    let node: Node

    func listen(on address: PeerAddress) async throws(NodeFailure) -> PeerAddress {
        await node.attemptFailed(
            FailedAttempt(reason: .notTLS, direction: .inbound, address: .mallory))
        return address
    }
    func dial(_ address: PeerAddress, expecting fingerprint: Fingerprint?) {}
    func keepReaching(_ fingerprint: Fingerprint, at addresses: [PeerAddress]) {}
    func stopReaching(_ fingerprint: Fingerprint) {}
    func stop() async {}
}
