internal import COpenSSL

/// What stood in this thread's error queue of OpenSSL.
struct OpenSSLQueue {
    /// The reason code of libssl's first entry, nil where libssl has none.
    private(set) var code: CInt?
    /// libssl's first reason in words, or the first of any library.
    private(set) var reason = "no reason given"

    /// Makes sure that the queue is empty, as it has to be before every call whose failure is asked
    /// about. It nearly always is, and to look takes a tenth of what it takes to empty it.
    static func clear() {
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }

    /// Empties the queue. To be called before anything else can call OpenSSL on this thread.
    static func take() -> OpenSSLQueue {
        var taken = OpenSSLQueue()
        var isFirst = true
        while true {
            let entry = ERR_get_error()
            guard entry != 0 else { return taken }
            let isSSL = ERR_GET_LIB(entry) == ERR_LIB_SSL
            if isFirst || (isSSL && taken.code == nil), let text = ERR_reason_error_string(entry) {
                taken.reason = String(cString: text)
            }
            if isSSL, taken.code == nil { taken.code = ERR_GET_REASON(entry) }
            isFirst = false
        }
    }

    /// The alert that the peer sent, where that is what happened.
    var peerAlert: TLSAlert? {
        guard let code else { return nil }
        return UInt8(exactly: code - SSL_AD_REASON_OFFSET).map { TLSAlert(code: $0) }
    }

    /// What it means, apart from what only the connection knows.
    var failure: TLSFailure {
        if let alert = peerAlert {
            if alert.refusesCertificate { return .refusedByPeer(alert) }
            switch alert.code {
            case UInt8(TLS1_AD_PROTOCOL_VERSION): return .protocolVersion
            case UInt8(TLS1_AD_NO_APPLICATION_PROTOCOL): return .noCommonProtocol
            default: return .peerAlert(alert)
            }
        }
        switch code {
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return .noCertificate
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_WRONG_SSL_VERSION:
            return .protocolVersion
        case SSL_R_NO_APPLICATION_PROTOCOL:
            return .noCommonProtocol
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST:
            return .notTLS
        case nil, CInt(ERR_R_MALLOC_FAILURE), CInt(ERR_R_INTERNAL_ERROR):
            return .library(reason)
        default:
            return .protocolViolation(reason)
        }
    }
}
