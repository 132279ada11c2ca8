public import P2PChat

/// Whose conversation it is. The two kinds never mix: what comes in plain text belongs to an
/// address, whatever name it claims.
public enum ConversationID: Hashable, Sendable {
    case contact(Fingerprint)
    /// In plain text: a host and the name that somebody there goes by.
    case plain(PlainName)

    /// Where an event about this peer belongs.
    public init(_ peer: PeerDescription) {
        if let fingerprint = peer.fingerprint {
            self = .contact(fingerprint)
        } else {
            self = .plain(PlainName(name: peer.name, address: peer.address))
        }
    }

    public var fingerprint: Fingerprint? {
        if case .contact(let fingerprint) = self { fingerprint } else { nil }
    }
}

/// Somebody in plain text. The original program opens a connection for each message, each from
/// another port: the host and the claimed name are what stays the same.
public struct PlainName: Hashable, Sendable {
    public let name: String
    public let host: String

    public init(name: String, address: PeerAddress?) {
        self.name = name
        host = address?.host ?? ""
    }
}
