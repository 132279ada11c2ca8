/// An alert (RFC 8446, section 6) that the peer sent.
public struct TLSAlert: Sendable, Hashable {
    /// The number on the wire.
    public let code: UInt8

    public init(code: UInt8) {
        self.code = code
    }

    /// The name RFC 8446 gives it, such as `unknown_ca`, or `alert 200` for one it does not know.
    public var name: String {
        Self.names[code] ?? "alert \(code)"
    }

    /// True for the alerts that say no to our certificate. What this program sends to somebody it
    /// does not know is `unknown_ca`: the certificate is its own trust anchor, and that anchor is
    /// not among those trusted. Other programs choose otherwise.
    public var refusesCertificate: Bool {
        switch code {
        case 42, 43, 44, 45, 46, 48, 49, 116: true
        default: false
        }
    }

    private static let names: [UInt8: String] = [
        0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow",
        40: "handshake_failure", 42: "bad_certificate", 43: "unsupported_certificate",
        44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown",
        47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error",
        51: "decrypt_error", 70: "protocol_version", 71: "insufficient_security",
        80: "internal_error", 86: "inappropriate_fallback", 90: "user_canceled",
        109: "missing_extension", 110: "unsupported_extension", 112: "unrecognized_name",
        113: "bad_certificate_status_response", 115: "unknown_psk_identity",
        116: "certificate_required", 120: "no_application_protocol",
    ]
}

extension TLSAlert: CustomStringConvertible {
    public var description: String { name }
}
