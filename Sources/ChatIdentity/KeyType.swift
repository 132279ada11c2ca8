internal import COpenSSL

/// The kinds of key that identities are made of and that peers may show.
public enum KeyType: String, Sendable, CaseIterable {
    /// Ed25519 (RFC 8032, in certificates RFC 8410).
    case ed25519
    /// ECDSA on NIST P-256 (RFC 5480), as a named curve.
    case p256

    /// The type of an `EVP_PKEY`, or nil for one that is not taken.
    init?(of key: OpaquePointer) {
        switch EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_ED25519:
            self = .ed25519
        case EVP_PKEY_EC:
            var name = [CChar](repeating: 0, count: 64)
            var length = 0
            guard EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1,
                name.prefix(length).elementsEqual("prime256v1".utf8.lazy.map { CChar($0) })
            else { return nil }
            // RFC 5480, section 2.1.1: the curve's parameters may not be spelled out.
            var explicit: Int32 = 0
            guard
                EVP_PKEY_get_int_param(
                    key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit) == 1,
                explicit == 0
            else { return nil }
            self = .p256
        default:
            return nil
        }
    }
}
