public import ChatCore
public import ChatValues
public import Logging
public import NIOCore
import NIOPosix

/// Sessions over TCP, in TLS or, for `--insecure`, in plain text.
///
/// Everything runs on one event loop, which is the node's executor too: a session costs no thread,
/// and a frame no hop.
public final class TCPTransport: Transport {
    private let loop: any EventLoop
    private let floor: NIOLoopBound<ConnectionFloor>
    private let reconnector: NIOLoopBound<Reconnector>
    private let waterMark: ChannelOptions.Types.WriteBufferWaterMark

    /// - Parameters:
    ///   - loop: the node's executor.
    public static func make(
        on loop: any EventLoop, configuration: TransportConfiguration, node: Node, log: Logger
    ) async throws -> TCPTransport {
        try await loop.submit {
            TCPTransport(on: loop, configuration: configuration, node: node, log: log)
        }.get()
    }

    private init(
        on loop: any EventLoop, configuration: TransportConfiguration, node: Node, log: Logger
    ) {
        self.loop = loop
        self.waterMark = configuration.limits.waterMark
        let floor = ConnectionFloor(loop: loop, configuration: configuration, node: node, log: log)
        let reconnector = Reconnector(loop: loop, limits: configuration.limits.backoff) {
            floor.connect($0)
        }
        floor.onDialFailed = { [weak reconnector] in reconnector?.failed($0) }
        self.floor = NIOLoopBound(floor, eventLoop: loop)
        self.reconnector = NIOLoopBound(reconnector, eventLoop: loop)
    }

    public func listen(on address: PeerAddress) async throws(NodeFailure) -> PeerAddress {
        do {
            let channel = try await ServerBootstrap(group: loop)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.socketOption(.so_keepalive), value: 1)
                .childChannelOption(.writeBufferWaterMark, value: waterMark)
                .childChannelInitializer { [floor] channel in
                    channel.eventLoop.makeCompletedFuture {
                        let from = channel.remoteAddress.flatMap { PeerAddress($0) }
                        try floor.value.prepare(channel, origin: .accepted(from: from))
                    }
                }
                .bind(host: address.host, port: address.port).get()
            return try await loop.submit { [floor] in
                floor.value.isListening(channel)
                return PeerAddress(
                    host: address.host, port: channel.localAddress?.port ?? address.port)
            }.get()
        } catch {
            throw NodeFailure(listeningAt: address, error)
        }
    }

    public func dial(_ address: PeerAddress, expecting fingerprint: Fingerprint?) {
        floor.value.connect(Dial(address, expected: fingerprint, isPersistent: false))
    }

    public func keepReaching(_ fingerprint: Fingerprint, at addresses: [PeerAddress]) {
        reconnector.value.keepReaching(fingerprint, at: addresses)
    }

    public func stopReaching(_ fingerprint: Fingerprint) {
        reconnector.value.stopReaching(fingerprint)
    }

    public func stop() async {
        let stopped = loop.flatSubmit { [floor, reconnector] in
            reconnector.value.stopAll()
            return floor.value.stop()
        }
        _ = try? await stopped.get()
    }
}

extension ConnectionFloor {
    /// Begins a dial.
    func connect(_ dial: Dial) {
        guard !isStopping else { return }
        let floor = NIOLoopBound(self, eventLoop: loop)
        let bound = NIOLoopBound(dial, eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(limits.establish)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.writeBufferWaterMark, value: limits.waterMark)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try floor.value.prepare(channel, origin: .dialled(bound.value))
                }
            }
            .connect(host: dial.address.host, port: dial.address.port)
            .assumeIsolated()
            .whenFailure { [self] error in
                let explanation = describe(dialling: dial.address, error)
                let expected = dial.expected
                let address = dial.address
                node.assumeIsolated {
                    $0.dialFailed(address, expecting: expected, explanation: explanation)
                }
                onDialFailed?(dial)
            }
    }
}
