public import NIOCore

/// Which side of the handshake to play.
public enum TLSSide: Sendable {
    /// Dialled.
    case client
    /// Was dialled.
    case server
}

/// TLS 1.3 over a channel: ciphertext below, plaintext above.
///
/// Put it first in the pipeline. It starts when the channel becomes active, reads what the
/// handshake needs whether or not anybody above asked to read, and fires a ``TLSSession`` once the
/// handshake is complete. Nothing is passed up before that, and nothing written goes out before
/// that: it waits, as much of it as the writer cares to write.
///
/// What goes wrong is fired once as a ``TLSFailure``; the channel then closes by itself, after the
/// alert that tells the peer why has gone out. `close()` says close_notify and waits for the
/// peer's, for `shutdownTimeout` at most.
///
/// Reads are passed on one by one, and what one brings is passed up at once: whoever stops reading
/// stops the network. A write's promise succeeds when its ciphertext has gone to the network.
public final class TLSHandler: ChannelDuplexHandler {
    public typealias InboundIn = ByteBuffer
    public typealias InboundOut = ByteBuffer
    public typealias OutboundIn = ByteBuffer
    public typealias OutboundOut = ByteBuffer

    enum State {
        /// The channel is not active yet.
        case idle
        case handshaking(TLSConnection)
        /// Data flows both ways.
        case active(TLSConnection)
        /// Our close_notify is on its way out, `sent` says when; the peer's is awaited.
        case closing(TLSConnection, Shutdown, sent: EventLoopFuture<Void>)
        /// Nothing more is said or heard; the last bytes are on their way out.
        case leaving(Shutdown)
        case closed
    }

    private let tls: TLSContext
    private let side: TLSSide
    /// Nil once there is a connection: what it has hold of need not live as long as we do.
    private var decide: (@Sendable (PresentedCertificate) -> Bool)?
    let shutdownTimeout: TimeAmount

    var state = State.idle
    var writes = WriteQueue()
    /// Somebody above asked to read and has not been given anything since.
    private var readIsWanted = false
    /// Plaintext was passed up since the last channelReadComplete.
    var hasDelivered = false
    /// Ciphertext was written to the channel and not flushed yet.
    var hasUnflushed = false
    /// See `answerControlMessages`.
    var unreadAnswers = 0
    /// Ciphertext that came while the handshake ran.
    var handshakeByteCount = 0

    /// - Parameters:
    ///   - decide: Whether that certificate is accepted. Called inside the handshake, at most once,
    ///     on the event loop: it decides from what it has at hand and must not block. The peer has
    ///     not proved at that point that it holds the key.
    ///   - shutdownTimeout: How long a connection that ends may take to get its last bytes out and
    ///     to hear the peer's close_notify.
    public init(
        context: TLSContext, side: TLSSide, shutdownTimeout: TimeAmount = .seconds(1),
        decide: @escaping @Sendable (PresentedCertificate) -> Bool
    ) {
        tls = context
        self.side = side
        self.shutdownTimeout = shutdownTimeout
        self.decide = decide
    }

    public func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(context) }
    }

    public func channelActive(context: ChannelHandlerContext) {
        // First, so that everybody above has seen it if the handshake fails at once.
        context.fireChannelActive()
        start(context)
    }

    private func start(_ context: ChannelHandlerContext) {
        guard case .idle = state, let decide else { return }
        self.decide = nil
        do throws(TLSFailure) {
            let connection = try TLSConnection(
                context: tls, side: side, allocator: context.channel.allocator, decide: decide)
            state = .handshaking(connection)
            stepHandshake(connection, context)
            context.read()
        } catch {
            fail(error, nil, context)
        }
    }

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .handshaking(let connection):
            let bytes = unwrapInboundIn(data)
            handshakeByteCount += bytes.readableBytes
            connection.receive(bytes)
            stepHandshake(connection, context)
        case .active(let connection), .closing(let connection, _, _):
            connection.receive(unwrapInboundIn(data))
            decrypt(connection, context)
        case .idle, .leaving, .closed:
            break
        }
    }

    public func channelReadComplete(context: ChannelHandlerContext) {
        if hasDelivered {
            hasDelivered = false
            readIsWanted = false
            context.fireChannelReadComplete()
        }
        switch state {
        case .handshaking, .closing, .leaving:
            context.read()
        case .active where readIsWanted:
            // What came was no whole record: the one who asked has got nothing yet.
            context.read()
        case .idle, .active, .closed:
            break
        }
    }

    public func read(context: ChannelHandlerContext) {
        readIsWanted = true
        context.read()
    }

    public func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        switch state {
        case .idle, .handshaking, .active:
            writes.append(unwrapOutboundIn(data), promise: promise)
        case .closing, .leaving, .closed:
            promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    public func flush(context: ChannelHandlerContext) {
        writes.flush()
        if case .active(let connection) = state { encrypt(connection, context) }
    }
}

@available(*, unavailable)
extension TLSHandler: Sendable {}
