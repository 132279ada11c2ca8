import ChatCore
import ChatTLS
import ChatWire
import NIOCore

/// One connection, from its first byte to its last: waits for the handshake, exchanges hellos or
/// recognises the seed dialect, then carries frames between the peer and the node.
///
/// Lives on the event loop, as the node does, so that a frame goes from the socket to the node and
/// its receipt back in one turn.
final class SessionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How the connection came to be.
    enum Origin {
        case accepted(from: PeerAddress?)
        case dialled(Dial)
    }

    enum State {
        /// TCP, or TLS, is not there yet.
        case connecting
        /// TLS is up and our hello is out; the peer's has not come.
        case greeting(TLSSession, FrameDecoder)
        /// Plain text, and nothing has come yet.
        case listening(SeedConversation)
        case native(FrameDecoder)
        case seed(SeedConversation)
        /// The decoder is out of the state, at work on what has just been read.
        case reading
        /// We have said goodbye; what still comes is dropped.
        case leaving
        case closed
    }

    let id: SessionID
    let origin: Origin
    let floor: ConnectionFloor
    var state = State.connecting
    var context: ChannelHandlerContext?
    /// Frames of ours that wait for the end of this turn.
    var outgoing = ByteBuffer()
    var flushIsDue = false
    var isReadingBatch = false
    /// The node wants to hear from the peer.
    var nodeReads = true
    /// The peer takes what we send.
    var peerReads = true
    var deadline: Scheduled<Void>?
    var keepAlive: KeepAlive
    var ackTimer: Scheduled<Void>?
    /// Why the session ended, once that is known and until the channel has closed.
    var ending: String?
    private var isConnected = false
    /// The node knows of the session.
    private(set) var isOpen = false

    init(id: SessionID, origin: Origin, floor: ConnectionFloor) {
        self.id = id
        self.origin = origin
        self.floor = floor
        self.keepAlive = KeepAlive(now: floor.loop.now)
    }

    var isInbound: Bool {
        if case .accepted = origin { true } else { false }
    }

    // MARK: Coming and going

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard floor.isEncrypted || !isInbound else {
            // In plain text somebody may be typing by hand; their number is bounded all the same.
            return
        }
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: floor.limits.establish) {
            if self.isConnected {
                self.fail(.timeout)
            } else {
                // Whoever dialled hears of it from the failed connection.
                self.context?.close(promise: nil)
            }
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        cancelTimers()
        self.context = nil
        floor.gone(self)
    }

    func channelActive(context: ChannelHandlerContext) {
        isConnected = true
        context.fireChannelActive()
        guard !floor.isEncrypted, case .connecting = state else { return }
        if isInbound {
            state = .listening(SeedConversation())
        } else {
            state = .seed(SeedConversation())
            open(dialect: .seed, tls: nil, hello: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let session = event as? TLSSession, case .connecting = state else {
            return context.fireUserInboundEventTriggered(event)
        }
        // The profile's protocol was agreed on, or the peer asked for none.
        if session.alpn == nil {
            state = .seed(SeedConversation())
            open(dialect: .seed, tls: session, hello: nil)
        } else {
            var decoder = FrameDecoder()
            decoder.lineLimit = WireLimits.hello
            state = .greeting(session, decoder)
            write(.hello(floor.hello))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let failure = error as? TLSFailure
        if isOpen {
            ending = ending ?? (failure.map { "\($0)" } ?? "the connection was lost")
            context.close(promise: nil)
        } else if let failure {
            fail(failure)
        } else {
            fail(.closed, detail: describe(connectionError: error))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancelTimers()
        if isOpen {
            isOpen = false
            state = .closed
            floor.sessionClosed(self, reason: ending ?? "the connection ended")
        } else {
            fail(.closed)
        }
        context.fireChannelInactive()
    }

    /// Tells the node that there is a session.
    func open(dialect: Dialect, tls: TLSSession?, hello: Hello?) {
        guard let context else { return }
        guard floor.establish(self) else {
            write(.bye(Bye(reason: .overloaded)))
            return fail(.overloaded)
        }
        deadline?.cancel()
        deadline = nil
        isOpen = true
        let remote = PeerAddress(context.remoteAddress) ?? PeerAddress(host: "unknown", port: 0)
        var dialled: PeerAddress?
        if case .dialled(let dial) = origin { dialled = dial.address }
        let details = SessionDetails(
            fingerprint: tls?.peer.fingerprint, certificateName: tls?.peer.commonName,
            direction: isInbound ? .inbound : .outbound, dialect: dialect, remote: remote,
            dialled: dialled, localHost: PeerAddress(context.localAddress)?.host ?? "",
            hello: hello, security: tls.map { "\($0.version) \($0.cipher) \($0.group)" })
        keepAlive.heard(at: context.eventLoop.now)
        if dialect == .native { scheduleKeepAlive(context) }
        floor.sessionOpened(self, details)
    }

    /// Ends a connection that has not become a session, and says why, once.
    func fail(_ reason: Refusal.Reason, certificate: PresentedCertificate? = nil, detail: String? = nil) {
        if case .closed = state { return }
        let wasOpen = isOpen
        state = .closed
        cancelTimers()
        flushOutgoing()
        if !wasOpen { floor.attemptFailed(self, reason: reason, certificate: certificate, detail: detail) }
        context?.close(promise: nil)
    }

    func cancelTimers() {
        deadline?.cancel()
        deadline = nil
        ackTimer?.cancel()
        ackTimer = nil
        keepAlive.cancel()
    }
}
