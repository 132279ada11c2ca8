internal import COpenSSL
internal import ChatValues

extension Certificate {
    /// How long before now a new certificate begins to be valid, in seconds: a day, for programs
    /// that look at the dates on a machine whose clock or time zone is off.
    private static let backdating = 86_400

    /// A certificate for `key`, signed by it: X.509 v3 with the user name as its only name, not a
    /// CA, for signatures only, valid until the end of time as RFC 5280, section 4.1.2.5 writes it.
    static func selfSigned(
        for key: PrivateKey, userName: UserName
    ) throws(IdentityError) -> Certificate {
        OpenSSLErrors.clear()
        guard let x509 = X509_new() else { throw OpenSSLErrors.failure("making a certificate") }
        guard
            X509_set_version(x509, Int(X509_VERSION_3)) == 1,
            setRandomSerialNumber(x509),
            setName(x509, userName),
            X509_gmtime_adj(X509_getm_notBefore(x509), -backdating) != nil,
            ASN1_TIME_set_string(X509_getm_notAfter(x509), "99991231235959Z") == 1,
            X509_set_pubkey(x509, key.pointer) == 1,
            addExtension(x509, NID_basic_constraints, "critical,CA:FALSE"),
            addExtension(x509, NID_key_usage, "critical,digitalSignature"),
            // Ed25519 has its hash built in (RFC 8410, section 6).
            X509_sign(x509, key.pointer, key.keyType == .ed25519 ? nil : EVP_sha256()) > 0
        else {
            X509_free(x509)
            throw OpenSSLErrors.failure("making a certificate")
        }
        return try Certificate(owning: x509)
    }

    /// 128 random bits, positive (RFC 5280, section 4.1.2.2).
    private static func setRandomSerialNumber(_ x509: OpaquePointer) -> Bool {
        guard let number = BN_new() else { return false }
        defer { BN_free(number) }
        return BN_rand(number, 128, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1
            && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != nil
    }

    /// Subject and issuer: nothing but the common name.
    private static func setName(_ x509: OpaquePointer, _ userName: UserName) -> Bool {
        guard let name = X509_NAME_new() else { return false }
        defer { X509_NAME_free(name) }
        let bytes = Array(userName.text.utf8)
        return X509_NAME_add_entry_by_NID(
            name, NID_commonName, MBSTRING_UTF8, bytes, Int32(bytes.count), -1, 0) == 1
            && X509_set_subject_name(x509, name) == 1 && X509_set_issuer_name(x509, name) == 1
    }

    private static func addExtension(_ x509: OpaquePointer, _ id: Int32, _ value: String) -> Bool {
        guard let addition = X509V3_EXT_conf_nid(nil, nil, id, value) else { return false }
        defer { X509_EXTENSION_free(addition) }
        return X509_add_ext(x509, addition, -1) == 1
    }
}
