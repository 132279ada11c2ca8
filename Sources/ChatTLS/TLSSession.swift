public import ChatIdentity
public import ChatValues

/// The certificate that a peer showed. While the handshake runs it has not yet proved that it
/// holds the key: anybody can show a copy of somebody's certificate. In a ``TLSSession`` it has.
public struct PresentedCertificate: Sendable, Hashable {
    public let fingerprint: Fingerprint
    /// As it stands in the certificate: it may hold anything, at any length up to what a
    /// certificate may have. Make it safe before showing it.
    public let commonName: String?
    /// Nil for a type of key that is not taken.
    public let keyType: KeyType?

    public init(fingerprint: Fingerprint, commonName: String?, keyType: KeyType?) {
        self.fingerprint = fingerprint
        self.commonName = commonName
        self.keyType = keyType
    }
}

/// The user event that ``TLSHandler`` fires when its handshake is complete: the peer holds the key
/// of a certificate that was accepted, and everything sent from here on is read by it alone.
///
/// On the client this comes before the server has judged the client's certificate (RFC 8446,
/// section 2): its refusal would arrive as ``TLSFailure/refusedByPeer(_:)`` on the first read.
/// Connected means that the peer has said something.
public struct TLSSession: Sendable, Hashable {
    public let peer: PresentedCertificate
    /// The application protocol agreed on (RFC 7301): `p2pchat/1`, or nil where the peer knows of
    /// none.
    public let alpn: String?
    /// Such as `TLSv1.3`.
    public let version: String
    /// Such as `TLS_AES_256_GCM_SHA384`.
    public let cipher: String
    /// The group of the key exchange, such as `x25519`.
    public let group: String
    /// What this session alone has given both sides, whichever dialled: the exporter of RFC 8446,
    /// section 7.5, with the label ``rendezvousLabel`` and, for context, the two fingerprints, the
    /// lower first.
    public let rendezvous: RendezvousSecret

    public static let rendezvousLabel = "EXPORTER-p2pchat-rendezvous"

    package init(
        peer: PresentedCertificate, alpn: String?, version: String, cipher: String, group: String,
        rendezvous: RendezvousSecret
    ) {
        self.peer = peer
        self.alpn = alpn
        self.version = version
        self.cipher = cipher
        self.group = group
        self.rendezvous = rendezvous
    }
}
