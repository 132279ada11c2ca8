import ChatCore
import ChatTLS
import ChatValues
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

    // What only few or short-lived states hold is boxed: idle ones are small.
    enum State {
        /// TCP, or TLS, is not there yet.
        case connecting
        /// TLS is up and our hello is out; the peer's has not come.
        indirect case greeting(TLSSession)
        /// The seed dialect, where nothing has come yet: in plain text from whoever connected, in
        /// TLS from a server that may still refuse our certificate.
        indirect case listening(TLSSession?, SeedConversation)
        case native
        indirect case seed(SeedConversation)
        /// A conversation is out of the state, at work on what has just been read. Nothing else
        /// runs meanwhile.
        case reading
        /// Our last words are on their way; what still comes is dropped.
        case leaving(Departure)
        case closed
    }

    enum Departure {
        /// It was no session, and who had to know has been told.
        case attempt
        /// The node is told so once the channel is closed: a few words, safe to show.
        case session(reason: String)
    }

    /// The name in the pipeline of what stands between a session and its socket.
    static let bottomName = "bottom"

    let id: SessionID
    let origin: Origin
    let floor: ConnectionFloor
    var state = State.connecting
    /// Of the native dialect. Not in the state: it stays where it is while it works.
    var decoder = FrameDecoder()
    private(set) var context: ChannelHandlerContext?
    /// Native frames, and objects of the seed dialect, that go out at the end of this turn.
    var outgoing = ByteBuffer()
    var objects: [ByteBuffer] = []
    /// Bytes given to the channel.
    var written = 0
    /// What our hello has said of the secret that the two sides share.
    private var ownRendezvous: String?
    var turnEndIsDue = false
    var isReadingBatch = false
    /// The node wants to hear from the peer.
    var nodeReads = true
    /// The peer takes what we send.
    var peerReads = true
    var keepAlive: KeepAlive
    /// Runs until there is a session: its deadline.
    private var timer: Scheduled<Void>?
    /// Its place in the ``PingSchedule``, which sets it.
    var wakesAt: NIODeadline?
    /// Runs in the seed dialect only, while an object is not acknowledged.
    var ackTimer: Scheduled<Void>?

    init(id: SessionID, origin: Origin, floor: ConnectionFloor) {
        self.id = id
        self.origin = origin
        self.floor = floor
        self.keepAlive = KeepAlive(now: floor.loop.now)
    }

    var isInbound: Bool {
        if case .accepted = origin { true } else { false }
    }

    /// Frames flow.
    var isLive: Bool {
        switch state {
        case .native, .seed: true
        case .connecting, .greeting, .listening, .reading, .leaving, .closed: false
        }
    }

    /// The node knows of the session, and will be told of its end.
    var isOpen: Bool {
        if case .leaving(.session) = state { true } else { isLive }
    }

    // MARK: Coming and going

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if floor.isEncrypted {
            let deadline =
                if case .dialled(let dial) = origin { dial.deadline } else {
                    context.eventLoop.now + floor.limits.establish
                }
            setTimer(deadline) { $0.deadlinePassed() }
        }
        // In plain text nothing has to come within a time: somebody may be typing by hand.
        if context.channel.isActive { begin() }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        begin()
    }

    private func begin() {
        guard case .connecting = state, !floor.isEncrypted else { return }
        if isInbound {
            state = .listening(nil, SeedConversation())
        } else {
            open(.seed(SeedConversation()))
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let session = event as? TLSSession, case .connecting = state else {
            return context.fireUserInboundEventTriggered(event)
        }
        floor.authenticated(self)
        if session.alpn != nil {
            state = .greeting(session)
            let hello = floor.hello(to: session.peer.fingerprint)
            ownRendezvous = hello.rendezvous
            outgoing.writeFrame(.hello(hello))
            // At once, so that it shares a packet with the handshake's last flight.
            endTurn()
        } else if isInbound {
            open(.seed(SeedConversation()), tls: session)
        } else {
            // No hello will come to say that our certificate was accepted, and the refusal, if
            // there is one, takes a round trip.
            state = .listening(session, SeedConversation())
            setTimer(context.eventLoop.now + floor.limits.verdict) { handler in
                guard case .listening(let session, let conversation) = handler.state else { return }
                handler.open(.seed(conversation), tls: session)
            }
        }
    }

    private func deadlinePassed() {
        if case .greeting(let session) = state {
            outgoing.writeFrame(WireError.helloTooLate.frame)
            fail(.timeout, certificate: session.peer)
        } else {
            fail(.timeout)
        }
    }

    /// There is a session, in this state. Tells the node, which may answer by ending it.
    func open(_ next: State, tls: TLSSession? = nil, hello: Hello? = nil) {
        guard let context else { return }
        guard floor.establish(self) else {
            if hello != nil { outgoing.writeFrame(.bye(Bye(reason: .overloaded))) }
            return fail(.overloaded, certificate: tls?.peer)
        }
        state = next
        startKeepAlive()
        var dialled: PeerAddress?
        if case .dialled(let dial) = origin { dialled = dial.address }
        // At the other end of the socket is the proxy, which is nobody's address; nor is ours one
        // that the peer could see.
        let isProxied = floor.configuration.proxy != nil
        let remote = isProxied ? dialled : nil
        floor.sessionOpened(
            self,
            SessionDetails(
                fingerprint: tls?.peer.fingerprint, certificateName: tls?.peer.commonName,
                direction: isInbound ? .inbound : .outbound,
                dialect: hello == nil ? .seed : .native,
                remote: remote ?? PeerAddress(context.remoteAddress)
                    ?? PeerAddress(host: "unknown", port: 0),
                dialled: dialled,
                localHost: isProxied ? "" : PeerAddress(context.localAddress)?.host ?? "",
                hello: hello, newRendezvous: newRendezvous(tls, hello),
                security: tls.map { floor.shared("\($0.version) \($0.cipher) \($0.group)") }))
    }

    /// Both sides see both names, and come to the same: where these are not one, because a side has
    /// no secret yet, or has lost it or gone back to an older one, this session's is the next.
    private func newRendezvous(_ tls: TLSSession?, _ hello: Hello?) -> RendezvousSecret? {
        guard let tls, let ours = ownRendezvous, let theirs = hello?.rendezvous else { return nil }
        let isShared = ours == theirs && ours != Hello.noRendezvous
        return isShared ? nil : tls.rendezvous
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancelTimers()
        switch state {
        case .connecting, .greeting, .listening:
            fail(.closed)
        case .native, .seed, .reading:
            floor.delegate.sessionClosed(id, reason: "the connection ended")
        case .leaving(.session(let reason)):
            floor.delegate.sessionClosed(id, reason: reason)
        case .leaving(.attempt), .closed:
            break
        }
        state = .closed
        floor.closed(self)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // A channel that was never active has no channelInactive.
        state = .closed
        cancelTimers()
        floor.closed(self)
        self.context = nil
    }

    // MARK: Timers

    func setTimer(_ time: NIODeadline, _ action: @escaping (SessionHandler) -> Void) {
        timer?.cancel()
        timer = floor.loop.assumeIsolated().scheduleTask(deadline: time) { action(self) }
    }

    func cancelTimers() {
        timer?.cancel()
        timer = nil
        ackTimer?.cancel()
        ackTimer = nil
        floor.pings.cancel(self)
    }
}

extension WireError {
    fileprivate static let helloTooLate = WireError(
        code: .timeout, reason: "No hello came in time.")
}
