import COpenSSL
import ChatIdentity
import ChatTLS
import NIOCore

/// The other end as plain OpenSSL with as few rules as possible: it accepts every certificate and
/// does what a test makes it do.
final class RawPeer {
    let ssl: OpaquePointer
    private let context: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer
    private(set) var received = ByteBuffer()
    /// The alert that it was told no with.
    private(set) var alert: UInt8?
    private(set) var isConnected = false
    private(set) var sawCloseNotify = false

    var text: String { String(buffer: received) }

    /// - Parameters:
    ///   - forging: The certificate stands with a key that is not its own.
    ///   - configure: What is special about this peer.
    init(
        _ side: TLSSide, _ identity: ForeignIdentity?, forging: Bool = false,
        configure: (OpaquePointer) -> Void = { _ in }
    ) throws {
        guard let context = SSL_CTX_new(TLS_method()), let input = BIO_new(BIO_s_mem()),
            let output = BIO_new(BIO_s_mem())
        else { throw ForeignIdentity.Failed("context") }
        self.context = context
        self.input = input
        self.output = output
        if side == .server { SSL_CTX_set_verify(context, SSL_VERIFY_PEER) { _, _ in 1 } }
        if let identity {
            let shown = X509_get_pubkey(identity.x509)
            defer { EVP_PKEY_free(shown) }
            // OpenSSL would not take the pair as it is. It keeps a reference to the certificate,
            // and does not look again.
            if forging { X509_set_pubkey(identity.x509, identity.key) }
            guard SSL_CTX_use_certificate(context, identity.x509) == 1,
                SSL_CTX_use_PrivateKey(context, identity.key) == 1
            else { throw ForeignIdentity.Failed("use") }
            if forging { X509_set_pubkey(identity.x509, shown) }
            if let issuer = identity.issuer {
                X509_up_ref(issuer.x509)
                SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 0, UnsafeMutableRawPointer(issuer.x509))
            }
        }
        configure(context)
        guard let ssl = SSL_new(context) else { throw ForeignIdentity.Failed("ssl") }
        self.ssl = ssl
        SSL_set_bio(ssl, input, output)
        switch side {
        case .client: SSL_set_connect_state(ssl)
        case .server: SSL_set_accept_state(ssl)
        }
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    /// Goes on with the handshake, and reads.
    func step() {
        ERR_clear_error()
        if !isConnected {
            let result = SSL_do_handshake(ssl)
            isConnected = result == 1
            if !isConnected { return note(result) }
        }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            var count = 0
            let result = SSL_read_ex(ssl, &bytes, bytes.count, &count)
            guard result == 1 else { return note(result) }
            received.writeBytes(bytes.prefix(count))
        }
    }

    private func note(_ result: CInt) {
        if SSL_get_error(ssl, result) == SSL_ERROR_ZERO_RETURN { sawCloseNotify = true }
        while true {
            let error = ERR_get_error()
            guard error != 0 else { return }
            if alert == nil { alert = UInt8(exactly: ERR_GET_REASON(error) - 1000) }
        }
    }

    func write(_ text: String) {
        ERR_clear_error()
        SSL_write(ssl, text, CInt(text.utf8.count))
    }

    func closeNotify() {
        ERR_clear_error()
        SSL_shutdown(ssl)
    }

    /// Changes its keys and asks for the same.
    func requestKeyUpdate() {
        ERR_clear_error()
        SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED)
        SSL_do_handshake(ssl)
    }

    func receive(_ bytes: ByteBuffer) {
        let view = bytes.readableBytesView
        view.withUnsafeBytes { _ = BIO_write(input, $0.baseAddress, CInt($0.count)) }
        step()
    }

    func takeOutbound() -> ByteBuffer {
        var all = ByteBuffer()
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = BIO_read(output, &bytes, CInt(bytes.count))
            guard count > 0 else { return all }
            all.writeBytes(bytes.prefix(Int(count)))
        }
    }

    /// Carries bytes both ways until neither side has any left.
    func shuttle(with endpoint: Endpoint) throws {
        step()
        while true {
            let ours = takeOutbound()
            if ours.readableBytes > 0 { try endpoint.receive(ours) }
            let theirs = try endpoint.takeOutbound()
            if theirs.readableBytes > 0 { receive(theirs) }
            if ours.readableBytes == 0, theirs.readableBytes == 0 { return }
        }
    }
}
