internal import COpenSSL

/// A private key. It never leaves OpenSSL but as PEM, for its file.
// @unchecked because of the pointer: it is set once, the key is never changed, and OpenSSL's keys
// may be used by several threads at once.
public final class PrivateKey: @unchecked Sendable {
    /// Owned: freed in deinit, which wipes it. Borrowed by ChatTLS for the length of a call, or
    /// with a reference of its own.
    package let pointer: OpaquePointer
    public let keyType: KeyType

    /// Takes over the caller's reference.
    init(owning pointer: OpaquePointer, keyType: KeyType) {
        self.pointer = pointer
        self.keyType = keyType
    }

    deinit { EVP_PKEY_free(pointer) }

    /// A new random key.
    public static func generate(_ type: KeyType) throws(IdentityError) -> PrivateKey {
        OpenSSLErrors.clear()
        let key =
            switch type {
            case .ed25519: COpenSSL_ED25519_gen()
            case .p256: COpenSSL_EC_gen("P-256")
            }
        guard let key else { throw OpenSSLErrors.failure("generating a key") }
        return PrivateKey(owning: key, keyType: type)
    }

    /// True where the certificate is about this key.
    public func matches(_ certificate: Certificate) -> Bool {
        defer { OpenSSLErrors.clear() }
        guard let other = X509_get0_pubkey(certificate.x509) else { return false }
        return EVP_PKEY_eq(pointer, other) == 1
    }
}
