public import ChatValues

/// How far a contact is trusted.
public enum Trust: String, Sendable, CaseIterable {
    /// The certificate was imported, or its request accepted.
    case trusted
    /// The safety number was compared as well.
    case verified
}

/// A person whose certificate is pinned.
public struct Contact: Hashable, Sendable {
    /// The label of the user's choosing. A label, not an identity: two contacts may not share one,
    /// but nothing is ever decided by it.
    public var name: String
    /// The pin.
    public let fingerprint: Fingerprint
    public var trust: Trust
    /// The common name in the pinned certificate, once it has been seen. Another certificate
    /// that arrives with it is taken for a changed certificate.
    public var certificateName: String?
    /// Where this contact was reached or said to be, newest first.
    public var knownAddresses: [KnownAddress]
    public var addresses: [PeerAddress] { knownAddresses.map(\.address) }
    /// Seconds since 1970.
    public var addedAt: Double

    public init(
        name: String, fingerprint: Fingerprint, trust: Trust = .trusted,
        certificateName: String? = nil, addresses: [PeerAddress] = [], addedAt: Double
    ) {
        self.init(
            name: name, fingerprint: fingerprint, trust: trust, certificateName: certificateName,
            knownAddresses: addresses.map { KnownAddress($0) }, addedAt: addedAt)
    }

    public init(
        name: String, fingerprint: Fingerprint, trust: Trust = .trusted,
        certificateName: String? = nil, knownAddresses: [KnownAddress], addedAt: Double
    ) {
        self.name = name
        self.fingerprint = fingerprint
        self.trust = trust
        self.certificateName = certificateName
        self.knownAddresses = knownAddresses
        self.addedAt = addedAt
    }
}

/// Somebody unknown who tried to talk to us, or whom we tried to reach, and who waits to be
/// accepted or rejected.
public struct ContactRequest: Hashable, Sendable {
    /// The name in the certificate: a claim, as it came. Make it safe before showing it.
    public var name: String
    public let fingerprint: Fingerprint
    /// Where the attempt came from, or where we dialled.
    public var address: PeerAddress
    public var direction: Direction
    /// Seconds since 1970.
    public var firstSeen: Double
    public var lastSeen: Double
    /// The user said no: kept, so that who knocks again is not announced again.
    public var isRejected: Bool

    public init(
        name: String, fingerprint: Fingerprint, address: PeerAddress, direction: Direction,
        firstSeen: Double, lastSeen: Double, isRejected: Bool = false
    ) {
        self.name = name
        self.fingerprint = fingerprint
        self.address = address
        self.direction = direction
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.isRejected = isRejected
    }
}

/// Who opened a connection.
public enum Direction: String, Sendable {
    /// They dialled us.
    case inbound
    /// We dialled them.
    case outbound
}
