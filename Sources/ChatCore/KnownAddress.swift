/// How we came to know of an address.
public enum AddressOrigin: String, Sendable, CaseIterable {
    /// The user gave it.
    case manual
    /// A session came from there, and the peer said which port it listens on.
    case session
    /// The contact's beacon on the local network.
    case beacon
    /// An open announcement on the local network.
    case nearby
    /// The distributed hash table.
    case dht
}

/// An address of a contact, with what speaks for it.
public struct KnownAddress: Hashable, Sendable {
    public var address: PeerAddress
    public var origin: AddressOrigin
    /// When a dial there last became a session, in seconds since 1970.
    public var workedAt: Double?

    public init(
        _ address: PeerAddress, origin: AddressOrigin = .manual, workedAt: Double? = nil
    ) {
        self.address = address
        self.origin = origin
        self.workedAt = workedAt
    }

    /// Whether it can be dialled from another machine. Of what the user gave the user decides.
    var meansTheSameElsewhere: Bool {
        switch origin {
        case .manual: true
        case .beacon, .nearby: false
        case .session, .dht:
            NumericHost(address.host).map { $0.kind == .unicast && !$0.isPrivate } ?? true
        }
    }
}
