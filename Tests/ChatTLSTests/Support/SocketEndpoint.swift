import ChatIdentity
import ChatTLS
import NIOCore
import NIOPosix
import NIOTLS

/// Stands above the TLS handler on a real channel: what it is told comes out as a stream that can
/// be awaited, with a bound on every wait.
final class SocketEndpoint: Sendable {
    enum Event: Sendable {
        case session(TLSSession)
        case read(ByteBuffer)
        case shutdownCompleted
        case writable(Bool)
        case failed(String, TLSFailure?)
        case inactive
    }

    struct TimedOut: Error {
        let waitingFor: String
    }

    let channel: any Channel
    let events: AsyncStream<Event>

    private init(channel: any Channel, events: AsyncStream<Event>) {
        self.channel = channel
        self.events = events
    }

    /// The next event for which that is true; those before it are dropped.
    func next<Value: Sendable>(
        _ what: String, where match: @escaping @Sendable (Event) -> Value?
    ) async throws -> Value {
        try await Self.first(of: events, what, where: match)
    }

    /// The next one to dial a listener.
    static func first(of accepted: AsyncStream<SocketEndpoint>) async throws -> SocketEndpoint {
        try await first(of: accepted, "somebody to dial") { $0 }
    }

    private static func first<Element: Sendable, Value: Sendable>(
        of stream: AsyncStream<Element>, _ what: String,
        where match: @escaping @Sendable (Element) -> Value?
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask {
                for await element in stream {
                    if let value = match(element) { return value }
                }
                throw TimedOut(waitingFor: "\(what), and nothing more comes")
            }
            group.addTask {
                try await Task.sleep(for: .seconds(20))
                throw TimedOut(waitingFor: what)
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw TimedOut(waitingFor: what) }
            return value
        }
    }

    /// That many bytes of what is read.
    func read(_ count: Int) async throws -> ByteBuffer {
        var all = ByteBuffer()
        while all.readableBytes < count {
            let part = try await next("\(count) bytes, \(all.readableBytes) have come") { event in
                if case .read(let bytes) = event { bytes } else { nil }
            }
            all.writeImmutableBuffer(part)
        }
        return all
    }

    /// Of the kernel's buffer at the dialling end for what is sent, and at the other for what comes.
    private static let bufferSize = SocketOptionValue(128 * 1024)

    static func dial(
        _ port: Int, _ context: TLSContext,
        decide: @escaping @Sendable (PresentedCertificate) -> Bool
    ) async throws -> SocketEndpoint {
        try await dial(port) { channel in
            try channel.pipeline.syncOperations.addHandler(
                TLSHandler(context: context, side: .client, decide: decide))
        }
    }

    /// A client on the bare stream: it sees records, and goes on writing after the other side's
    /// end.
    static func dialWithoutTLS(_ port: Int) async throws -> SocketEndpoint {
        try await dial(port) { channel in
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        }
    }

    private static func dial(
        _ port: Int, prepare: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> SocketEndpoint {
        let (stream, continuation) = AsyncStream.makeStream(of: Event.self)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.socketOption(.so_sndbuf), value: bufferSize)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try prepare(channel)
                    try channel.pipeline.syncOperations.addHandler(Reporter(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return SocketEndpoint(channel: channel, events: stream)
    }

    /// Listens on a free port; the stream brings who dials.
    static func listen(
        _ context: TLSContext, autoRead: Bool = true,
        decide: @escaping @Sendable (PresentedCertificate) -> Bool
    ) async throws -> (listener: any Channel, port: Int, accepted: AsyncStream<SocketEndpoint>) {
        let (accepted, continuation) = AsyncStream.makeStream(of: SocketEndpoint.self)
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.autoRead, value: autoRead)
            // Before anything is accepted, so that no larger window was ever offered: with its size
            // said, the kernel does not let a buffer grow.
            .serverChannelOption(.socketOption(.so_rcvbuf), value: bufferSize)
            .childChannelOption(.socketOption(.so_rcvbuf), value: bufferSize)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (stream, events) = AsyncStream.makeStream(of: Event.self)
                    try channel.pipeline.syncOperations.addHandlers([
                        TLSHandler(context: context, side: .server, decide: decide),
                        Reporter(events),
                    ])
                    continuation.yield(SocketEndpoint(channel: channel, events: stream))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return (listener, listener.localAddress?.port ?? 0, accepted)
    }
}

private final class Reporter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let events: AsyncStream<SocketEndpoint.Event>.Continuation

    init(_ events: AsyncStream<SocketEndpoint.Event>.Continuation) {
        self.events = events
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        events.yield(.read(unwrapInboundIn(data)))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let session = event as? TLSSession { events.yield(.session(session)) }
        if case TLSUserEvent.shutdownCompleted = event { events.yield(.shutdownCompleted) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        events.yield(.writable(context.channel.isWritable))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        events.yield(.failed("\(error)", error as? TLSFailure))
    }

    func channelInactive(context: ChannelHandlerContext) {
        events.yield(.inactive)
        events.finish()
    }
}
