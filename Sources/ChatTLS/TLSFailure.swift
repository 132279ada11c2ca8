/// Why a TLS connection could not be made or did not end well.
///
/// The description is one sentence for a person, without anything a peer could have written.
public enum TLSFailure: Error, Sendable, Hashable {
    /// The peer's certificate was not accepted. The peer was told with the alert `unknown_ca`, and
    /// had not proved that it holds the key.
    case unpinned(PresentedCertificate)
    /// The peer's certificate was accepted, but its key is neither Ed25519 nor P-256.
    case wrongKeyType(PresentedCertificate)
    /// The peer showed an accepted certificate and could not prove that it holds the key.
    case keyNotProven(PresentedCertificate)
    /// The client showed no certificate, or had none with a key type that is taken.
    case noCertificate
    /// The server did not ask for our certificate, so it can't know who we are.
    case clientCertificateNotRequested
    /// The peer did not accept our certificate, see ``TLSAlert/refusesCertificate``.
    case refusedByPeer(TLSAlert)
    /// The peer gave up for another reason.
    case peerAlert(TLSAlert)
    /// The peer offers application protocols, and `p2pchat/1` is not one of them.
    case noCommonProtocol
    /// The peer speaks TLS, but not 1.3.
    case protocolVersion
    /// What came is not TLS: plain text, or anything else.
    case notTLS
    /// The connection ended before the handshake did.
    case closedInHandshake
    /// The connection ended without close_notify: what was sent last may be missing (RFC 8446,
    /// section 6.1).
    case truncated
    /// The peer broke the rules of TLS, or something on the way damaged what it sent. The text is
    /// OpenSSL's name for it.
    case protocolViolation(String)
    /// OpenSSL failed on this side. The text is its reason.
    case library(String)

    /// When it makes sense to try the same address again.
    public enum Retry: Sendable {
        /// As after any lost connection.
        case soon
        /// The peer, or its user, has to do something first.
        case later
        /// Not before something was changed on this side.
        case never
    }

    public var retry: Retry {
        switch self {
        case .closedInHandshake, .truncated, .protocolViolation:
            .soon
        case .refusedByPeer, .peerAlert, .noCertificate, .clientCertificateNotRequested,
            .noCommonProtocol, .protocolVersion, .notTLS, .keyNotProven:
            .later
        case .unpinned, .wrongKeyType, .library:
            .never
        }
    }
}

extension TLSFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unpinned(let peer):
            "The certificate \(peer.fingerprint) is not one of a contact's; "
                + "add it only after its owner has confirmed the fingerprint."
        case .wrongKeyType(let peer):
            "The certificate \(peer.fingerprint) has a key that is neither Ed25519 nor P-256; "
                + "ask its owner for one made with p2pchat-keygen."
        case .keyNotProven(let peer):
            "The other side showed the certificate \(peer.fingerprint) without holding its key; "
                + "it is not the owner, check the address."
        case .noCertificate:
            "The other side showed no certificate with an Ed25519 or P-256 key; "
                + "it needs one to talk to this program."
        case .clientCertificateNotRequested:
            "The other side did not ask for a certificate, so nothing was sent to it; "
                + "check that the address is a p2pchat."
        case .refusedByPeer(let alert):
            "The other side does not accept our certificate (\(alert)); "
                + "ask its user to add it, and compare fingerprints."
        case .peerAlert(let alert):
            "The other side ended the connection (\(alert)); check that it is a p2pchat, "
                + "with an Ed25519 or P-256 key."
        case .noCommonProtocol:
            "The other side speaks another protocol inside TLS; check that it is a p2pchat."
        case .protocolVersion:
            "The other side does not speak TLS 1.3; it needs a newer TLS library."
        case .notTLS:
            "What the other side sent is not TLS; both sides must run with TLS, or both without."
        case .closedInHandshake:
            "The connection ended before it was secure; try again, or check the address."
        case .truncated:
            "The connection broke off; what was sent last may be missing."
        case .protocolViolation(let reason):
            "The other side broke the rules of TLS (\(reason)); try again."
        case .library(let reason):
            "OpenSSL failed on this side (\(reason)); check its installation."
        }
    }
}
