import COpenSSL
import ChatIdentity
import ChatValues

/// A key with a certificate of any kind, for peers that do not keep to our rules.
final class ForeignIdentity {
    enum Key { case ed25519, p256, p384, rsa }

    let key: OpaquePointer
    let x509: OpaquePointer
    /// What is sent after the leaf.
    private(set) var issuer: ForeignIdentity?

    struct Failed: Error {
        let what: String
        init(_ what: String) { self.what = what }
    }

    /// - Parameters:
    ///   - days: From when to when it is valid, counted from today.
    ///   - padding: Bytes of a comment that makes the certificate longer.
    init(
        _ kind: Key = .ed25519, name: String = "foreign", days: ClosedRange<Int> = -1...1,
        isCA: Bool = false, issuer: ForeignIdentity? = nil, padding: Int = 0
    ) throws {
        guard let key = Self.generate(kind), let x509 = X509_new() else { throw Failed("key") }
        self.key = key
        self.x509 = x509
        self.issuer = issuer
        X509_set_version(x509, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(x509), 7)
        X509_gmtime_adj(X509_getm_notBefore(x509), days.lowerBound * 86_400)
        X509_gmtime_adj(X509_getm_notAfter(x509), days.upperBound * 86_400)
        let subject = X509_get_subject_name(x509)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0)
        X509_set_issuer_name(x509, issuer.map { X509_get_subject_name($0.x509) } ?? subject)
        try extend(NID_basic_constraints, isCA ? "critical,CA:TRUE" : "critical,CA:FALSE")
        if padding > 0 {
            try extend(NID_netscape_comment, String(repeating: "x", count: padding))
        }
        let signer = issuer?.key ?? key
        guard X509_set_pubkey(x509, key) == 1,
            X509_sign(x509, signer, Self.digest(signer)) > 0
        else { throw Failed("certificate") }
    }

    /// A certificate of somebody else's, with a key that is not that certificate's.
    init(showing victim: OpaquePointer, holding kind: Key) throws {
        guard let key = Self.generate(kind), let x509 = X509_dup(victim) else {
            throw Failed("copy")
        }
        self.key = key
        self.x509 = x509
    }

    deinit {
        EVP_PKEY_free(key)
        X509_free(x509)
    }

    func fingerprint() throws -> Fingerprint { try Certificate(retaining: x509).fingerprint }

    private func extend(_ nid: CInt, _ value: String) throws {
        guard let extensionField = X509V3_EXT_nconf_nid(nil, nil, nid, value) else {
            throw Failed("extension")
        }
        defer { X509_EXTENSION_free(extensionField) }
        guard X509_add_ext(x509, extensionField, -1) == 1 else { throw Failed("extension") }
    }

    private static func generate(_ kind: Key) -> OpaquePointer? {
        switch kind {
        case .ed25519: return COpenSSL_ED25519_gen()
        case .p256: return COpenSSL_EC_gen("P-256")
        case .p384: return COpenSSL_EC_gen("P-384")
        case .rsa:
            let context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil)
            defer { EVP_PKEY_CTX_free(context) }
            var key: OpaquePointer?
            guard EVP_PKEY_keygen_init(context) == 1,
                EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1,
                EVP_PKEY_generate(context, &key) == 1
            else { return nil }
            return key
        }
    }

    private static func digest(_ key: OpaquePointer) -> OpaquePointer? {
        EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nil : EVP_sha256()
    }
}

extension ForeignIdentity {
    /// The key as ours, by way of its PEM.
    func privateKey() throws -> PrivateKey {
        let bio = BIO_new(BIO_s_mem())
        defer { BIO_free(bio) }
        guard PEM_write_bio_PrivateKey(bio, key, nil, nil, 0, nil, nil) == 1 else {
            throw Failed("PEM")
        }
        var start: UnsafeMutablePointer<CChar>?
        let count = COpenSSL_BIO_get_mem_data(bio, &start)
        guard let start else { throw Failed("PEM") }
        return try start.withMemoryRebound(to: UInt8.self, capacity: count) {
            try PrivateKey(
                pem: Array(UnsafeBufferPointer(start: $0, count: count)), passphrase: nil)
        }
    }
}
