import ChatCore
import ChatIdentity
import ChatTLS
import ChatWire
import NIOCore
import NIOPosix
import Testing

/// The other end of a connection, which keeps no rules but those of TLS, if those.
struct RawPeer: Sendable {
    enum Event: Sendable {
        case session(TLSSession)
        case bytes(ByteBuffer)
        case failed(TLSFailure)
        /// The network has failed: as a rule because the other side reset the connection.
        case broken
        case closed
    }

    let channel: any Channel
    let events: Inbox<Event>

    /// - Parameters:
    ///   - identity: what it shows in TLS; nil speaks plain TCP.
    ///   - reads: false for a peer that never takes what is sent to it.
    static func dial(
        _ address: PeerAddress, as identity: Identity? = nil, reads: Bool = true
    ) async throws -> RawPeer {
        let context = try identity.map { try TLSContext(identity: $0) }
        let events = Inbox<Event>()
        let channel = try await ClientBootstrap(group: LoopbackNode.group)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try prepare(channel, .client, context, events)
                }
            }
            .connect(host: address.host, port: address.port).get()
        return RawPeer(channel: channel, events: events)
    }

    /// A connection on which a hello has gone and come.
    static func greet(
        _ node: LoopbackNode, as identity: Identity, reads: Bool = true
    ) async throws -> RawPeer {
        let peer = try await dial(node.address, as: identity, reads: reads)
        peer.send(#"{"type":"hello","version":1,"username":"mallory","features":[]}"# + "\n")
        try await node.connected()
        return peer
    }

    fileprivate static func prepare(
        _ channel: any Channel, _ side: TLSSide, _ context: TLSContext?, _ events: Inbox<Event>
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if let context {
            try pipeline.addHandler(TLSHandler(context: context, side: side) { _ in true })
        }
        try pipeline.addHandler(Reporter(events))
    }

    func send(_ text: String) { send(ByteBuffer(string: text)) }

    func send(_ bytes: ByteBuffer) { channel.writeAndFlush(bytes, promise: nil) }

    func close() { channel.close(promise: nil) }

    /// All that it was sent, up to the end.
    func received(sourceLocation: SourceLocation = #_sourceLocation) async throws -> ByteBuffer {
        try await events.rest("what the peer is sent", sourceLocation: sourceLocation)
            .reduce(into: ByteBuffer()) { all, event in
                if case .bytes(let bytes) = event { all.writeImmutableBuffer(bytes) }
            }
    }

    /// The frames that it was sent, up to the end.
    func frames(sourceLocation: SourceLocation = #_sourceLocation) async throws -> [Frame] {
        var bytes = try await received(sourceLocation: sourceLocation)
        var decoder = FrameDecoder(lineLimit: WireLimits.line)
        decoder.append(&bytes)
        var frames: [Frame] = []
        while let frame = try decoder.next() { frames.append(frame) }
        return frames
    }

    /// How the other side ended the handshake.
    func failure(sourceLocation: SourceLocation = #_sourceLocation) async throws -> TLSFailure {
        try await events.next("TLS to fail", sourceLocation: sourceLocation) {
            if case .failed(let failure) = $0 { failure } else { nil }
        }
    }

    /// Waits for the end. True where it came in order: with no reset, and in TLS with a
    /// close_notify.
    @discardableResult
    func closed(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Bool {
        try await events.rest("the connection", sourceLocation: sourceLocation).allSatisfy {
            switch $0 {
            case .failed, .broken: false
            case .session, .bytes, .closed: true
            }
        }
    }
}

/// Waits for dials, and does with each what a test says.
struct RawListener: Sendable {
    let address: PeerAddress
    let accepted: Inbox<RawPeer>
    private let channel: any Channel

    static func start(as identity: Identity? = nil) async throws -> RawListener {
        let context = try identity.map { try TLSContext(identity: $0) }
        let accepted = Inbox<RawPeer>()
        let channel = try await ServerBootstrap(group: LoopbackNode.group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let events = Inbox<RawPeer.Event>()
                    try RawPeer.prepare(channel, .server, context, events)
                    accepted.add(RawPeer(channel: channel, events: events))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        return RawListener(
            address: PeerAddress(host: "127.0.0.1", port: port), accepted: accepted,
            channel: channel)
    }

    func accept(sourceLocation: SourceLocation = #_sourceLocation) async throws -> RawPeer {
        try await accepted.next("somebody to dial", sourceLocation: sourceLocation) { $0 }
    }

    func stop() async throws { try await channel.close() }
}

private final class Reporter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let events: Inbox<RawPeer.Event>

    init(_ events: Inbox<RawPeer.Event>) { self.events = events }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        events.add(.bytes(unwrapInboundIn(data)))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let session = event as? TLSSession { events.add(.session(session)) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        events.add((error as? TLSFailure).map { .failed($0) } ?? .broken)
    }

    func channelInactive(context: ChannelHandlerContext) {
        events.add(.closed)
        events.end()
    }
}
