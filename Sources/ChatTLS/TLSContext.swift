internal import COpenSSL
public import ChatIdentity
import ChatValues

/// What all of our TLS connections share: our certificate and key, and the profile (TLS 1.3, both
/// sides show a certificate, no resumption). Serves for listening and for dialling.
// @unchecked because of the pointer: the context is never changed once it is set up, OpenSSL counts
// its references atomically, and making connections from it is safe on any thread.
public final class TLSContext: @unchecked Sendable {
    /// The name of the protocol inside TLS (RFC 7301).
    public static let applicationProtocol = "p2pchat/1"

    /// The most bytes a peer's certificates may have together. Bounds what a stranger can make us
    /// hold; a chain of three RSA certificates fits.
    static let maximumCertificateBytes = 16 * 1024

    /// Owned: freed in deinit.
    private let pointer: OpaquePointer
    /// Our own.
    let fingerprint: Fingerprint

    /// Throws ``TLSFailure/library(_:)`` where OpenSSL can't do what the profile asks.
    public init(identity: Identity) throws(TLSFailure) {
        OpenSSLQueue.clear()
        guard let pointer = SSL_CTX_new(TLS_method()) else {
            throw .library(OpenSSLQueue.take().reason)
        }
        self.pointer = pointer
        fingerprint = identity.fingerprint
        // From here on a throw runs deinit.
        try restrictProtocol()
        try show(identity)
        requirePin()
        OpenSSLQueue.clear()
    }

    deinit { SSL_CTX_free(pointer) }

    /// A connection of this context; the caller owns it.
    func makeSSL() throws(TLSFailure) -> OpaquePointer {
        OpenSSLQueue.clear()
        guard let ssl = SSL_new(pointer) else { throw .library(OpenSSLQueue.take().reason) }
        return ssl
    }

    private func restrictProtocol() throws(TLSFailure) {
        try check(COpenSSL_SSL_CTX_set_min_proto_version(pointer, TLS1_3_VERSION))
        try check(COpenSSL_SSL_CTX_set_max_proto_version(pointer, TLS1_3_VERSION))
        SSL_CTX_set_options(pointer, COpenSSL_SSL_OP_STRICT)
        // A resumed session would never come to the pin check.
        try check(SSL_CTX_set_num_tickets(pointer, 0))
        _ = COpenSSL_SSL_CTX_set_session_cache_mode(pointer, CLong(SSL_SESS_CACHE_OFF))
        try check(SSL_CTX_set_max_early_data(pointer, 0))
        try check(SSL_CTX_set_recv_max_early_data(pointer, 0))
        // An idle connection gives its buffers back, a write may come from anywhere, and a long
        // one is taken record by record.
        _ = COpenSSL_SSL_CTX_set_mode(
            pointer,
            CLong(
                SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                    | SSL_MODE_ENABLE_PARTIAL_WRITE))
        _ = COpenSSL_SSL_CTX_set_max_cert_list(pointer, CLong(Self.maximumCertificateBytes))
        // The kinds of key that are taken, and no other: nobody can make us verify anything else.
        try check(COpenSSL_SSL_CTX_set1_sigalgs_list(pointer, "ed25519:ecdsa_secp256r1_sha256"))
        try restrictGroups()
    }

    /// The hybrid group came with OpenSSL 3.5, and so did the asterisk: send a key share for this
    /// group in the first flight, so that a peer without the hybrid costs no round trip.
    private func restrictGroups() throws(TLSFailure) {
        let lists = [
            "*X25519MLKEM768:*X25519:P-256", "X25519MLKEM768:X25519:P-256", "X25519:P-256",
        ]
        for list in lists where COpenSSL_SSL_CTX_set1_groups_list(pointer, list) == 1 { return }
        throw .library(OpenSSLQueue.take().reason)
    }

    private func show(_ identity: Identity) throws(TLSFailure) {
        try check(SSL_CTX_use_certificate(pointer, identity.certificate.x509))
        try check(SSL_CTX_use_PrivateKey(pointer, identity.privateKey.pointer))
        try check(SSL_CTX_check_private_key(pointer))
        // This one is 0 for success.
        let name = [UInt8](Self.applicationProtocol.utf8)
        let list = [UInt8(name.count)] + name
        guard SSL_CTX_set_alpn_protos(pointer, list, UInt32(list.count)) == 0 else {
            throw .library(OpenSSLQueue.take().reason)
        }
    }

    private func requirePin() {
        SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        SSL_CTX_set_cert_verify_callback(pointer, TLSCallbacks.verify, nil)
        SSL_CTX_set_cert_cb(pointer, TLSCallbacks.certificateRequested, nil)
        SSL_CTX_set_alpn_select_cb(pointer, TLSCallbacks.selectProtocol, nil)
    }

    private func check(_ result: CInt) throws(TLSFailure) {
        guard result == 1 else { throw .library(OpenSSLQueue.take().reason) }
    }
}
