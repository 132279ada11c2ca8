import ChatCore
import ChatTransport
import ChatValues
import ChatWire
import Logging
import NIOCore
import NIOPosix

/// Two nodes without TLS, codec or sockets between them: what is said on one link is heard on the
/// other in the same turn.
enum NodePair {
    static func run(_ count: Int, window: Int) async throws {
        let loop = BenchNode.group.next()
        let fingerprints = try [UInt8(1), 2].map { byte in
            guard let made = Fingerprint(bytes: [UInt8](repeating: byte, count: 32)) else {
                throw Complaint("no fingerprint")
            }
            return made
        }
        let nodes = (0..<2).map { side in
            let memory = MemoryStore(contacts: BenchNode.contacts([fingerprints[1 - side]]))
            return Node(
                Node.Configuration(
                    userName: "user", fingerprint: fingerprints[side], now: Clock.wall),
                storage: .everything(contacts: memory, messages: memory, preferences: memory),
                thread: NodeThread(loop),
                log: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
        }
        for node in nodes { try await node.start(on: Nowhere(), listen: nil) }
        for side in 0..<2 {
            let link = Wire(
                loop: loop, other: nodes[1 - side],
                frames: .makeBoxSendingValue([], eventLoop: loop))
            await connect(nodes[side], to: fingerprints[1 - side], link)
        }
        await nodes[1].deliverEvents { _, _ in }
        try await Caller(count: count, window: window).run(nodes[0])
        for node in nodes { await node.stop() }
    }

    private static func connect(_ node: isolated Node, to fingerprint: Fingerprint, _ link: Wire) {
        node.sessionOpened(
            SessionID(1),
            SessionDetails(
                fingerprint: fingerprint, certificateName: "user0", direction: .outbound,
                dialect: .native, remote: PeerAddress(host: "127.0.0.1", port: 1), dialled: nil,
                localHost: "127.0.0.1",
                hello: Hello(username: "user", port: nil, features: [], instance: nil),
                security: nil),
            link: link)
    }
}

/// One end of a session between two nodes on one event loop.
private struct Wire: SessionLink {
    let loop: any EventLoop
    let other: Node
    /// What has been said in this turn: it arrives in one of its own, as what one read brings.
    let frames: NIOLoopBoundBox<[Frame]>

    func send(_ frame: Frame) {
        frames.value.append(frame)
        guard frames.value.count == 1 else { return }
        loop.execute {
            let taken = frames.value
            frames.value = []
            other.assumeIsolated { $0.received(taken, on: SessionID(1)) }
        }
    }

    func close(_ bye: Bye) {}
    func setReading(_ reading: Bool) {}
    func probe() {}
}

private struct Nowhere: Transport {
    func listen(on address: PeerAddress) async throws(NodeFailure) -> PeerAddress { address }
    func dial(_ address: PeerAddress, expecting fingerprint: Fingerprint?) {}
    func keepReaching(_ fingerprint: Fingerprint, at addresses: [PeerAddress]) {}
    func stopReaching(_ fingerprint: Fingerprint) {}
    func stop() async {}
}
