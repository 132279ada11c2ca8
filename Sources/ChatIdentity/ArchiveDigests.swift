internal import COpenSSL

/// HMAC-SHA256 (RFC 2104), a piece at a time.
package final class ArchiveAuthenticator {
    /// Owned: freed, and wiped, in deinit.
    private let context: OpaquePointer

    package init(_ keys: ArchiveKeys) throws(IdentityError) {
        OpenSSLErrors.clear()
        guard let algorithm = EVP_MAC_fetch(nil, "HMAC", nil) else {
            throw OpenSSLErrors.failure("setting up HMAC")
        }
        defer { EVP_MAC_free(algorithm) }
        guard let context = EVP_MAC_CTX_new(algorithm) else {
            throw OpenSSLErrors.failure("setting up HMAC")
        }
        self.context = context
        var digest = Array("SHA256".utf8CString)
        let isReady = digest.withUnsafeMutableBufferPointer { digest in
            keys.authenticationKey.withBytes { key in
                let parameters = [
                    OSSL_PARAM_construct_utf8_string(
                        parameterName("digest"), digest.baseAddress, 0),
                    OSSL_PARAM_construct_end(),
                ]
                return EVP_MAC_init(
                    context, key.baseAddress?.assumingMemoryBound(to: UInt8.self), key.count,
                    parameters)
            }
        }
        guard isReady == 1 else { throw OpenSSLErrors.failure("setting up HMAC") }
    }

    deinit { EVP_MAC_CTX_free(context) }

    package func update(_ bytes: UnsafeRawBufferPointer) throws(IdentityError) {
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard EVP_MAC_update(context, start, bytes.count) == 1 else {
            throw OpenSSLErrors.failure("authenticating")
        }
    }

    /// The 32 bytes. To be called once.
    package func finish() throws(IdentityError) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        var count = 0
        guard EVP_MAC_final(context, &code, &count, code.count) == 1, count == code.count else {
            throw OpenSSLErrors.failure("authenticating")
        }
        return code
    }

    /// Compares in a time that says nothing of where the two differ.
    package static func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
    }
}

/// SHA-256, a piece at a time.
package final class ArchiveDigest {
    /// Owned: freed in deinit.
    private let context: OpaquePointer

    package init() throws(IdentityError) {
        OpenSSLErrors.clear()
        guard let context = EVP_MD_CTX_new() else { throw OpenSSLErrors.failure("hashing") }
        self.context = context
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            throw OpenSSLErrors.failure("hashing")
        }
    }

    deinit { EVP_MD_CTX_free(context) }

    package func update(_ bytes: UnsafeRawBufferPointer) throws(IdentityError) {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            throw OpenSSLErrors.failure("hashing")
        }
    }

    /// The 32 bytes. To be called once.
    package func finish() throws(IdentityError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        guard EVP_DigestFinal_ex(context, &digest, nil) == 1 else {
            throw OpenSSLErrors.failure("hashing")
        }
        return digest
    }
}
