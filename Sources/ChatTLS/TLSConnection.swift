internal import COpenSSL
internal import ChatIdentity
internal import ChatValues
internal import NIOCore

/// One TLS connection: the sole owner of its `SSL *`, and the only one to touch it. Does no I/O:
/// ciphertext comes and goes through ``wire``. Confined to its channel's event loop.
final class TLSConnection {
    enum HandshakeStep {
        case complete(TLSSession)
        case wantsMore
        case failed(TLSFailure)
    }

    enum ReadStep {
        /// All that has arrived is decrypted.
        case wantsMore
        /// The buffer is as full as it may get; there may be more.
        case full
        /// The peer said that nothing follows.
        case closeNotify
        case failed(TLSFailure)
    }

    private enum Verdict {
        case pending
        case accepted(PresentedCertificate)
        case refused(TLSFailure)
    }

    /// A read is made with at least so much room, in bytes.
    static let leastRoom = 256

    let wire: ByteBufferBIO
    /// Owned: freed in deinit, and with it the BIO over `wire`.
    private let ssl: OpaquePointer
    private let own: Fingerprint
    private let side: TLSSide
    /// Nil once it has been asked.
    private var decide: (@Sendable (PresentedCertificate) -> Bool)?
    private var verdict = Verdict.pending
    private var ownCertificateRequested = false
    private var firstByte: UInt8?

    init(
        context: TLSContext, side: TLSSide, allocator: ByteBufferAllocator,
        decide: @escaping @Sendable (PresentedCertificate) -> Bool
    ) throws(TLSFailure) {
        wire = ByteBufferBIO(allocator: allocator)
        own = context.fingerprint
        self.side = side
        self.decide = decide
        ssl = try context.makeSSL()
        // From here on a throw runs deinit.
        guard let bio = wire.makeBIO() else { throw .library(OpenSSLQueue.take().reason) }
        SSL_set_bio(ssl, bio, bio)
        guard TLSCallbacks.attach(self, to: ssl) else {
            throw .library(OpenSSLQueue.take().reason)
        }
        switch side {
        case .client: SSL_set_connect_state(ssl)
        case .server: SSL_set_accept_state(ssl)
        }
    }

    deinit { SSL_free(ssl) }

    func receive(_ bytes: ByteBuffer) {
        if firstByte == nil { firstByte = bytes.readableBytesView.first }
        wire.receive(bytes)
    }

    /// True where what came first can't be TLS: a handshake record or an alert would begin
    /// otherwise (RFC 8446, section 5.1).
    var peerDoesNotSpeakTLS: Bool {
        guard let firstByte else { return false }
        return firstByte != SSL3_RT_HANDSHAKE && firstByte != SSL3_RT_ALERT
    }

    func handshake() -> HandshakeStep {
        OpenSSLQueue.clear()
        let result = SSL_do_handshake(ssl)
        guard result == 1 else {
            switch SSL_get_error(ssl, result) {
            case SSL_ERROR_WANT_READ: return .wantsMore
            case SSL_ERROR_ZERO_RETURN: return .failed(.closedInHandshake)
            default: return .failed(handshakeFailure())
            }
        }
        if let failure = flaw() {
            // Too late for an alert of our choosing: the handshake is complete.
            _ = sendCloseNotify()
            return .failed(failure)
        }
        guard case .accepted(let peer) = verdict else {
            return .failed(.library("the peer's certificate was not verified"))
        }
        guard let rendezvous = rendezvous(with: peer.fingerprint) else {
            return .failed(OpenSSLQueue.take().failure)
        }
        return .complete(
            TLSSession(
                peer: peer, alpn: alpn,
                version: String(cString: SSL_get_version(ssl)),
                cipher: String(cString: SSL_CIPHER_get_name(SSL_get_current_cipher(ssl))),
                group: SSL_group_to_name(ssl, COpenSSL_SSL_get_negotiated_group(ssl))
                    .map { String(cString: $0) } ?? "unknown",
                rendezvous: rendezvous))
    }

    /// See ``TLSSession/rendezvous``.
    private func rendezvous(with peer: Fingerprint) -> RendezvousSecret? {
        let label = Array(TLSSession.rendezvousLabel.utf8CString)
        let both = min(own, peer).bytes + max(own, peer).bytes
        var secret = [UInt8](repeating: 0, count: RendezvousSecret.byteCount)
        OpenSSLQueue.clear()
        guard
            SSL_export_keying_material(
                ssl, &secret, secret.count, label, label.count - 1, both, both.count, 1) == 1
        else { return nil }
        return RendezvousSecret(bytes: secret)
    }

    /// What is wrong with a handshake that OpenSSL is content with.
    private func flaw() -> TLSFailure? {
        if side == .client, !ownCertificateRequested { return .clientCertificateNotRequested }
        // A resumed session's peer would not have been judged. Resumption is off, and yet.
        if SSL_session_reused(ssl) != 0 { return .library("a session was resumed") }
        // A server may answer with a name that we never offered.
        if let name = alpn, name != TLSContext.applicationProtocol {
            return .noCommonProtocol
        }
        return nil
    }

    private func handshakeFailure() -> TLSFailure {
        let queue = OpenSSLQueue.take()
        if case .refused(let failure) = verdict { return failure }
        if peerDoesNotSpeakTLS { return .notTLS }
        if case .accepted(let peer) = verdict, queue.code == SSL_R_BAD_SIGNATURE {
            return .keyNotProven(peer)
        }
        return queue.failure
    }

    private var alpn: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &count)
        guard let name, count > 0 else { return nil }
        return String(
            decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// The verdict on the peer's certificate as one of OpenSSL's verification errors, which it
    /// turns into an alert: DEPTH_ZERO_SELF_SIGNED_CERT into unknown_ca, INVALID_PURPOSE into
    /// unsupported_certificate.
    ///
    /// The type of key comes first, so that the alert never tells a stranger what is pinned.
    func judge(_ leaf: OpaquePointer) -> CInt {
        // One connection, one judgement: there is no second handshake in TLS 1.3.
        guard case .pending = verdict else { return X509_V_ERR_UNSPECIFIED }
        guard let certificate = try? Certificate(retaining: leaf) else {
            verdict = .refused(.library("the peer's certificate can't be encoded"))
            return X509_V_ERR_UNSPECIFIED
        }
        let presented = PresentedCertificate(
            fingerprint: certificate.fingerprint, commonName: certificate.commonName,
            keyType: certificate.keyType)
        guard presented.keyType != nil else {
            verdict = .refused(.wrongKeyType(presented))
            return X509_V_ERR_INVALID_PURPOSE
        }
        let decide = decide
        self.decide = nil
        guard let decide, decide(presented) else {
            verdict = .refused(.unpinned(presented))
            return X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT
        }
        verdict = .accepted(presented)
        return X509_V_OK
    }

    func certificateWasRequested() {
        ownCertificateRequested = true
    }

    /// Decrypts what has arrived, straight into the buffer, until it holds `limit` bytes.
    func read(into plaintext: inout ByteBuffer, limit: Int) -> ReadStep {
        while plaintext.readableBytes < limit {
            // The rest of a record that did not fit is all that SSL_pending knows of.
            let pending = Int(SSL_pending(ssl))
            // Nothing came that OpenSSL has not seen: it has no more to give, and is not asked.
            if pending == 0, wire.inboundByteCount == 0 { return .wantsMore }
            var status: CInt = 0
            OpenSSLQueue.clear()
            let room = max(pending, Self.leastRoom)
            plaintext.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
                var count = 0
                status = SSL_read_ex(ssl, target.baseAddress, target.count, &count)
                return status == 1 ? count : 0
            }
            guard status == 1 else {
                switch SSL_get_error(ssl, status) {
                case SSL_ERROR_WANT_READ: return .wantsMore
                case SSL_ERROR_ZERO_RETURN: return .closeNotify
                default: return .failed(OpenSSLQueue.take().failure)
                }
            }
        }
        return .full
    }

    /// False while a message of the peer's that is no application data has come in part: OpenSSL
    /// writes nothing until the rest is there.
    var canWrite: Bool { SSL_is_init_finished(ssl) == 1 }

    /// Encrypts all of it, into as few records as it takes. Only while ``canWrite`` is true.
    func write(_ plaintext: UnsafeRawBufferPointer) throws(TLSFailure) {
        var rest = plaintext
        while !rest.isEmpty {
            var count = 0
            OpenSSLQueue.clear()
            // The BIO takes everything, so anything but success is final.
            guard SSL_write_ex(ssl, rest.baseAddress, rest.count, &count) == 1 else {
                throw OpenSSLQueue.take().failure
            }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
    }

    /// Puts our close_notify on the wire. False where the connection is in no state for it.
    func sendCloseNotify() -> Bool {
        OpenSSLQueue.clear()
        defer { OpenSSLQueue.clear() }
        return canWrite && SSL_shutdown(ssl) >= 0
    }
}

extension TLSConnection {
    /// So that a state can be matched against the connection it should hold.
    static func ~= (pattern: TLSConnection, value: TLSConnection) -> Bool {
        pattern === value
    }
}
