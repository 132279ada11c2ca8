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
    private let limits: TransportConfiguration.Limits

    /// - Parameter loop: the node's executor.
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
        self.limits = configuration.limits
        let floor = ConnectionFloor(
            loop: loop, configuration: configuration, delegate: IsolatedNode(node: node), log: log)
        // The transport holds both; the reconnector holds the floor.
        let reconnector = Reconnector(
            loop: loop, limits: configuration.limits.backoff,
            permits: { floor.delegate.mayDial($0) }, start: { floor.connect($0) })
        floor.onDialFailed = { [weak reconnector] in
            reconnector?.failed($0, refused: $1)
        }
        floor.onSession = { [weak reconnector] details in
            // A peer of the seed dialect dials for one message, and is not there for ours.
            guard details.dialect == .native || details.direction == .outbound else { return }
            if let contact = details.fingerprint { reconnector?.opened(contact) }
        }
        self.floor = NIOLoopBound(floor, eventLoop: loop)
        self.reconnector = NIOLoopBound(reconnector, eventLoop: loop)
    }

    public func listen(on address: PeerAddress) async throws(NodeFailure) -> PeerAddress {
        do {
            let channel: any Channel
            if let number = SocketAddress(numeric: address) {
                // Not by the resolver: on a machine with no IPv6 address it does not know `::`.
                channel = try await serverBootstrap().bind(to: number).get()
            } else {
                channel = try await serverBootstrap()
                    .bind(host: address.host, port: address.port).get()
            }
            return try await loop.submit { [floor] in
                floor.value.isListening(channel)
                return PeerAddress(
                    host: address.host, port: channel.localAddress?.port ?? address.port)
            }.get()
        } catch {
            throw NodeFailure(listeningAt: address, error)
        }
    }

    private func serverBootstrap() -> ServerBootstrap {
        var bootstrap = ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptBackoffHandler(backoffProvider: pauseBeforeAccepting))
                }
            }
            .childChannelOption(.writeBufferWaterMark, value: limits.waterMark)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: ReceiveBuffers())
            .childChannelInitializer { [floor] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard !floor.value.isStopping else { throw ChannelError.ioOnClosedChannel }
                    let from = channel.remoteAddress.flatMap { PeerAddress($0) }
                    floor.value.adopt(channel, origin: .accepted(from: from))
                }
            }
        for (option, value) in SocketOptions.all {
            bootstrap = bootstrap.childChannelOption(option, value: value)
        }
        return bootstrap
    }

    public func dial(_ address: PeerAddress, expecting fingerprint: Fingerprint?) {
        floor.value.connect(Dial(address, expected: fingerprint))
    }

    public func keepReaching(_ fingerprint: Fingerprint, at addresses: [PeerAddress]) {
        reconnector.value.keepReaching(fingerprint, at: addresses)
    }

    public func reachAgain(_ fingerprint: Fingerprint, at addresses: [PeerAddress]) {
        reconnector.value.reachAgain(fingerprint, at: addresses)
    }

    public func stopReaching(_ fingerprint: Fingerprint) {
        reconnector.value.stopReaching(fingerprint)
    }

    /// For tests: whether any connection is still on the books.
    func connectionCount() async throws -> Int {
        try await loop.submit { [floor] in floor.value.connectionCount }.get()
    }

    public func stop() async {
        let stopped = loop.flatSubmit { [floor, reconnector] in
            reconnector.value.stopAll()
            return floor.value.stop()
        }
        _ = try? await stopped.get()
    }
}
