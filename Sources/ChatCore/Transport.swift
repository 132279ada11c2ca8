public import ChatValues
public import ChatWire

/// What the node asks of the network. ChatTransport does it over TLS and TCP; tests do it in memory.
///
/// The transport tells the node what happened through the node's `session…`, `received` and
/// `dial…` methods, on the node's executor.
public protocol Transport: Sendable {
    /// Listens, and returns the address with the port that was really taken.
    func listen(on address: PeerAddress) async throws(NodeFailure) -> PeerAddress
    /// Tries once, and reports how that ended. The fingerprint, where there is one, is the only
    /// one that will do; otherwise any contact's will.
    func dial(_ address: PeerAddress, expecting fingerprint: Fingerprint?)
    /// Goes on trying these addresses in turn, with back-off, until there is a session or
    /// ``stopReaching(_:)``. Called again it replaces the addresses and tries at once.
    func keepReaching(_ fingerprint: Fingerprint, at addresses: [PeerAddress])
    /// The session with this contact has ended: goes on as ``keepReaching(_:at:)`` does, but after
    /// a pause from the back-off, which grows as long as sessions end soon after they began. A peer
    /// that hangs up at once must not be dialled in a loop.
    func reachAgain(_ fingerprint: Fingerprint, at addresses: [PeerAddress])
    func stopReaching(_ fingerprint: Fingerprint)
    /// Refuses new connections, gives those there are until the deadline to end, cuts the rest.
    func stop() async
}

extension Transport {
    /// For transports without a back-off.
    public func reachAgain(_ fingerprint: Fingerprint, at addresses: [PeerAddress]) {
        keepReaching(fingerprint, at: addresses)
    }
}

/// A live session as the node sees it. Used on the node's executor only.
public protocol SessionLink: Sendable {
    /// Queues a frame; everything queued in one turn goes out together.
    func send(_ frame: Frame)
    /// Sends what is queued, then ends the session in order: bye, close_notify.
    func close(_ bye: Bye)
    /// Whether to go on reading from the peer.
    func setReading(_ reading: Bool)
    /// Asks for a sign of life now; without one within seconds the session ends as lost.
    func probe()
}

/// Names a session for as long as the node runs.
public struct SessionID: Hashable, Sendable {
    private let number: UInt64

    public init(_ number: UInt64) {
        self.number = number
    }
}

/// What is known of a session when it opens.
public struct SessionDetails: Sendable {
    /// Nil in plain text.
    public var fingerprint: Fingerprint?
    /// The common name in the peer's certificate, as it came.
    public var certificateName: String?
    public var direction: Direction
    public var dialect: Dialect
    /// The other end, as the socket says.
    public var remote: PeerAddress
    /// What we dialled, which may be a name; nil for an inbound session.
    public var dialled: PeerAddress?
    /// Our end's host, as the socket says: where the peer can see us.
    public var localHost: String
    /// What the peer's hello said; nil in the seed dialect.
    public var hello: Hello?
    /// The secret of this very session, where the two hellos said that both are to take it for the
    /// one that they share from now on.
    public var newRendezvous: RendezvousSecret?
    /// `TLSv1.3`, cipher and group, for people who want to see; nil in plain text.
    public var security: String?

    public init(
        fingerprint: Fingerprint?, certificateName: String?, direction: Direction,
        dialect: Dialect, remote: PeerAddress, dialled: PeerAddress?, localHost: String,
        hello: Hello?, newRendezvous: RendezvousSecret? = nil, security: String?
    ) {
        self.fingerprint = fingerprint
        self.certificateName = certificateName
        self.direction = direction
        self.dialect = dialect
        self.remote = remote
        self.dialled = dialled
        self.localHost = localHost
        self.hello = hello
        self.newRendezvous = newRendezvous
        self.security = security
    }
}

/// A dial or an incoming connection that did not become a session.
public struct FailedAttempt: Sendable {
    public var reason: Refusal.Reason
    public var direction: Direction
    /// Where we dialled, or where it came from.
    public var address: PeerAddress?
    /// Whom we dialled, where we knew.
    public var expected: Fingerprint?
    /// The certificate that was shown, where one was.
    public var fingerprint: Fingerprint?
    /// The common name in it, as it came.
    public var certificateName: String?
    /// Technical detail, such as the alert's name; may hold the peer's words, as they came.
    public var detail: String?

    public init(
        reason: Refusal.Reason, direction: Direction, address: PeerAddress?,
        expected: Fingerprint? = nil, fingerprint: Fingerprint? = nil,
        certificateName: String? = nil, detail: String? = nil
    ) {
        self.reason = reason
        self.direction = direction
        self.address = address
        self.expected = expected
        self.fingerprint = fingerprint
        self.certificateName = certificateName
        self.detail = detail
    }
}
