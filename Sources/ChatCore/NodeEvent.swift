public import ChatValues
public import ChatWire

public enum PresenceState: String, Sendable {
    case online, away, offline
}

/// Which of the two languages a session speaks.
public enum Dialect: String, Sendable {
    /// ALPN `p2pchat/1`: hello, ids, receipts.
    case native = "p2pchat/1"
    /// What the original program speaks: no hello, an ack for each message.
    case seed
}

/// A message that came in. Text is exactly as the peer sent it: make it safe before showing it.
public struct IncomingMessage: Sendable {
    /// The sender's id, or one of ours for a peer of the seed dialect.
    public var id: MessageID
    public var peer: PeerDescription
    public var content: String
    /// The sender's clock, seconds since 1970. A claim.
    public var timestamp: Double
    /// Our clock when it came.
    public var receivedAt: Double
    /// What the `sender` key says where that is not the contact's name. A nickname at most.
    public var claimedSender: String?
    public var secure: Bool
    public var dialect: Dialect
    /// Where it stands in the history; nil in plain text, which keeps none.
    public var position: Int64?

    public init(
        id: MessageID, peer: PeerDescription, content: String, timestamp: Double,
        receivedAt: Double, claimedSender: String?, secure: Bool, dialect: Dialect,
        position: Int64? = nil
    ) {
        self.position = position
        self.id = id
        self.peer = peer
        self.content = content
        self.timestamp = timestamp
        self.receivedAt = receivedAt
        self.claimedSender = claimedSender
        self.secure = secure
        self.dialect = dialect
    }

    /// True where the sender's clock and ours differ by more than five minutes.
    public var timestampIsFarOff: Bool { abs(timestamp - receivedAt) > 300 }
}

/// How a message of ours is doing.
public struct OutgoingStatus: Sendable {
    public var id: MessageID
    public var peer: PeerDescription
    /// What the intent carried: handed back untouched.
    public var reference: String?
    /// Where it stands in the history; nil in plain text, which keeps none, and for what was
    /// written in an earlier run of the program and read since.
    public var position: Int64?

    public init(
        id: MessageID, peer: PeerDescription, reference: String?, position: Int64? = nil
    ) {
        self.id = id
        self.peer = peer
        self.reference = reference
        self.position = position
    }
}

/// What has become of one end of the node, told to the front end in the order it happened.
public enum NodeEvent: Sendable {
    case listening(PeerAddress)
    /// The peer's hello has come (in the seed dialect: the pinned handshake is over, or plain
    /// text's first object has come).
    case connected(PeerDescription, secure: Bool, dialect: Dialect)
    case disconnected(PeerDescription, secure: Bool, reason: String)
    case message(IncomingMessage)
    /// Accepted, and with TLS on disk: it will be sent as soon as there is a session.
    case queued(OutgoingStatus)
    /// Written to the wire.
    case sent(OutgoingStatus)
    /// The peer has it.
    case delivered(OutgoingStatus)
    /// The peer's user has seen it.
    case read(OutgoingStatus)
    case presence(PeerDescription, PresenceState)
    case typing(PeerDescription)
    /// Somebody unknown waits to be accepted; told once for each fingerprint.
    case request(ContactRequest)
    case refused(Refusal)
    /// Something went wrong that no intent's own error could say.
    case failure(NodeFailure)
    /// The contacts have changed: shown lists are to be read anew.
    case contactsChanged
    /// The node has closed every session and will say no more.
    case stopped
}

/// A connection that was turned away, or that we turned away from, before it was a session.
public struct Refusal: Sendable {
    public enum Reason: String, Sendable, CaseIterable {
        /// A certificate that nobody has accepted yet.
        case unknownCertificate = "unknown-certificate"
        /// A contact's name with another certificate than the pinned one.
        case changedCertificate = "changed-certificate"
        /// We dialled one contact and another answered.
        case wrongContact = "wrong-contact"
        /// The peer showed no certificate.
        case noCertificate = "no-certificate"
        /// We dialled and the other side did not ask who we are.
        case notAsked = "no-client-authentication"
        /// The peer refused our certificate: it has not accepted us yet.
        case refusedByPeer = "refused-by-peer"
        /// A protocol version or parameters outside the profile.
        case protocolMismatch = "protocol-mismatch"
        /// Not TLS at all.
        case notTLS = "not-tls"
        /// Any other failure of the handshake, such as a signature that does not hold.
        case handshakeFailed = "handshake-failed"
        /// Handshake and hello took longer than their deadline.
        case timeout
        /// The connection ended in the middle of the handshake.
        case closed
        /// It was dropped to make room: too many unfinished handshakes, or too many sessions.
        case overloaded
        /// The peer's hello was not one.
        case badHello = "bad-hello"
        /// The other side is ourselves.
        case ourselves
    }

    public var reason: Reason
    public var direction: Direction
    public var address: PeerAddress?
    /// The certificate that was shown, where one was. Not authenticated: who shows a certificate
    /// has not proved to hold its key.
    public var fingerprint: Fingerprint?
    /// The name in that certificate, as it came.
    public var name: String?
    /// The contact concerned: whom we dialled, or whose name was used.
    public var contact: Contact?
    /// A sentence that says what happened and what to do, safe to show.
    public var explanation: String

    public init(
        reason: Reason, direction: Direction, address: PeerAddress?, fingerprint: Fingerprint?,
        name: String?, contact: Contact?, explanation: String
    ) {
        self.reason = reason
        self.direction = direction
        self.address = address
        self.fingerprint = fingerprint
        self.name = name
        self.contact = contact
        self.explanation = explanation
    }
}
