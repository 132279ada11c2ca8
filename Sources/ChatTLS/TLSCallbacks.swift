internal import COpenSSL

/// What OpenSSL calls while a handshake runs. C functions capture nothing: they find their
/// ``TLSConnection`` through the `SSL *`.
enum TLSCallbacks {
    /// In place of OpenSSL's chain building: the leaf's pin decides, and nothing else. Dates,
    /// extensions and further certificates are not looked at.
    static let verify: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> CInt = {
        store, _ in
        guard let store else { return 0 }
        // Set either way: OpenSSL starts from "ok".
        X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED)
        guard
            let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
            let connection = connection(of: OpaquePointer(ssl)),
            let leaf = X509_STORE_CTX_get0_cert(store)
        else { return 0 }
        let error = connection.judge(leaf)
        X509_STORE_CTX_set_error(store, error)
        return error == X509_V_OK ? 1 : 0
    }

    /// A client's is called only where the server asked for a certificate; a server's always.
    static let certificateRequested:
        @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> CInt = { ssl, _ in
            guard let connection = connection(of: ssl) else { return 0 }
            connection.certificateWasRequested()
            return 1
        }

    /// The server's choice (RFC 7301, section 3.2). Not called for a client that offers nothing,
    /// which is a peer that speaks the seed dialect.
    static let selectProtocol:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
            UnsafeMutablePointer<UInt8>?, UnsafePointer<UInt8>?, UInt32, UnsafeMutableRawPointer?
        ) -> CInt = { _, selected, selectedCount, offered, offeredCount, _ in
            guard let selected, let selectedCount, let offered else {
                return SSL_TLSEXT_ERR_ALERT_FATAL
            }
            let list = UnsafeBufferPointer(start: offered, count: Int(offeredCount))
            let ours = TLSContext.applicationProtocol.utf8
            var position = 0
            // Each entry is one byte of length and that many of name.
            while position < list.count {
                let start = position + 1
                let end = start + Int(list[position])
                guard end <= list.count else { break }
                if list[start..<end].elementsEqual(ours) {
                    // Points into the client's list, which outlives OpenSSL's copy of it.
                    selected.pointee = offered + start
                    selectedCount.pointee = list[position]
                    return SSL_TLSEXT_ERR_OK
                }
                position = end
            }
            return SSL_TLSEXT_ERR_ALERT_FATAL
        }

    /// Where the connection stands in its `SSL *`.
    private static let index: CInt = COpenSSL_SSL_get_ex_new_index()

    /// Unretained: the connection owns the `SSL *` and frees it, so it is there whenever OpenSSL
    /// calls.
    static func attach(_ connection: TLSConnection, to ssl: OpaquePointer) -> Bool {
        SSL_set_ex_data(ssl, index, Unmanaged.passUnretained(connection).toOpaque()) == 1
    }

    private static func connection(of ssl: OpaquePointer?) -> TLSConnection? {
        guard let ssl, let data = SSL_get_ex_data(ssl, index) else { return nil }
        return Unmanaged<TLSConnection>.fromOpaque(data).takeUnretainedValue()
    }
}
