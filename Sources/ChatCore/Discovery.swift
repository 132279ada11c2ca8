public import ChatValues

/// What the node asks of discovery: to find addresses of contacts, and to let contacts find ours.
/// ChatDiscovery does it with beacons and tables; tests do it in memory.
///
/// What is found comes back through the node's `found`, `heard` and `networkChanged` methods.
public protocol Discovery: Sendable {
    /// Begins. Called once; the node is to be let go by ``stop()``.
    func start(for node: Node) async
    /// Whom to look for, and where we are, from now on. Called anew whenever that changes.
    func update(_ view: DiscoveryView)
    /// How it fares, for a person who wonders.
    func status() async -> DiscoveryStatus
    /// Says nothing more, and withdraws what can be withdrawn.
    func stop() async
}

extension Discovery {
    public func status() async -> DiscoveryStatus { DiscoveryStatus() }
}

/// All that discovery knows of the node.
public struct DiscoveryView: Hashable, Sendable {
    public var userName: String
    /// Where we listen; the host may stand for all of this machine's addresses. Nil where nobody
    /// can reach us: then nothing is announced.
    public var listening: PeerAddress?
    /// By fingerprint.
    public var contacts: [SoughtContact]

    public init(userName: String, listening: PeerAddress?, contacts: [SoughtContact]) {
        self.userName = userName
        self.listening = listening
        self.contacts = contacts
    }
}

public struct SoughtContact: Hashable, Sendable {
    public var fingerprint: Fingerprint
    /// Nil before the first session with a program that knows of such secrets.
    public var secret: RendezvousSecret?
    public var isConnected: Bool

    public init(fingerprint: Fingerprint, secret: RendezvousSecret?, isConnected: Bool) {
        self.fingerprint = fingerprint
        self.secret = secret
        self.isConnected = isConnected
    }
}

/// Where a contact may be: something to try, and no more. The pin decides who answers there.
public struct Candidate: Hashable, Sendable {
    public var contact: Fingerprint
    /// Best first; a few are taken.
    public var addresses: [PeerAddress]
    public var origin: AddressOrigin
    /// It came over a network that this machine is on: addresses that mean something there alone
    /// may be meant.
    public var isLocal: Bool

    public init(
        contact: Fingerprint, addresses: [PeerAddress], origin: AddressOrigin, isLocal: Bool
    ) {
        self.contact = contact
        self.addresses = addresses
        self.origin = origin
        self.isLocal = isLocal
    }
}

/// Somebody on the local network who lets everybody know that they are there. The announcement was
/// signed with the key of this certificate; the name is a claim.
public struct Neighbour: Hashable, Sendable {
    /// The common name in the certificate, as it came. Make it safe before showing it.
    public var name: String
    public var fingerprint: Fingerprint
    /// Where they say that they listen, best first.
    public var addresses: [PeerAddress]
    /// Seconds since 1970, our clock.
    public var lastHeard: Double

    public init(
        name: String, fingerprint: Fingerprint, addresses: [PeerAddress], lastHeard: Double
    ) {
        self.name = name
        self.fingerprint = fingerprint
        self.addresses = addresses
        self.lastHeard = lastHeard
    }
}
