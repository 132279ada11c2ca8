public import ChatCore

/// One way of finding contacts and of being found: the beacon on the local network, a table on the
/// internet. Contacts and our own reachability go in, addresses come out.
///
/// A source says where a contact may be. It never decides who that is: whatever it finds is dialled
/// with the contact's pin, a bounded number of times.
public protocol AddressSource: Sendable {
    /// What it finds, for one consumer. Ends after ``stop()``. A consumer that is slow loses the
    /// oldest.
    var findings: AsyncStream<Finding> { get }
    /// Begins. What it can't do, such as a port that is taken, it says in the log.
    func start() async
    /// Whom to look for, and where we are, from now on.
    func update(_ view: DiscoveryView)
    /// Addresses of this machine have come or gone; these are the interfaces now.
    func networkChanged(_ interfaces: [NetworkInterface])
    /// Says how it fares.
    func report(into status: inout DiscoveryStatus)
    /// Withdraws what it can and lets go of its sockets.
    func stop() async
}

extension AddressSource {
    public func networkChanged(_ interfaces: [NetworkInterface]) {}
    public func report(into status: inout DiscoveryStatus) {}
}

/// What a source has found.
public enum Finding: Sendable {
    case candidate(Candidate)
    /// Somebody unknown who announces themselves openly.
    case neighbour(Neighbour)
    /// An announcement of the original program's: a claim, authenticated by nobody.
    case plain(name: String, address: PeerAddress, presence: PresenceState)
}

extension AsyncStream where Element == Finding {
    /// A stream that holds as much as a node may lag behind.
    public static func findings() -> (AsyncStream<Finding>, AsyncStream<Finding>.Continuation) {
        makeStream(of: Finding.self, bufferingPolicy: .bufferingNewest(256))
    }
}
