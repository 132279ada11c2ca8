internal import COpenSSL
import ChatValues

/// What comes from a private key, and what names it, without the key leaving this module.
extension PrivateKey {
    /// SHA-256 over the public key's SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7) in DER, 32
    /// bytes: `openssl pkey -in key.pem -pubout -outform DER | openssl sha256`. It stays the same
    /// whatever the passphrase.
    public func publicKeyDigest() throws(SealingError) -> [UInt8] {
        OpenSSLErrors.clear()
        var encoded: UnsafeMutablePointer<UInt8>?
        let length = i2d_PUBKEY(pointer, &encoded)
        guard length > 0, let encoded else { throw .library(OpenSSLErrors.takeReason()) }
        defer { COpenSSL_free(encoded) }
        let der = Array(UnsafeBufferPointer(start: encoded, count: Int(length)))
        guard let digest = Fingerprint(sha256Over: der) else {
            throw .library(OpenSSLErrors.takeReason())
        }
        return digest.bytes
    }

    /// A key made from this one: HKDF-SHA256 (RFC 5869), 32 bytes, over ``secretBytes()``.
    ///
    /// - Parameters:
    ///   - salt: Not secret; random, so that no two keys are alike.
    ///   - info: What the key is for.
    func derivedKey(salt: [UInt8], info: String) throws(SealingError) -> SealingKey {
        let input = try secretBytes()
        OpenSSLErrors.clear()
        let derived = try SecretBytes(capacity: SealingKey.byteCount) {
            output throws(SealingError) in
            guard input.withBytes({ hkdf($0, salt: salt, info: Array(info.utf8), into: output) })
            else {
                throw .library(OpenSSLErrors.takeReason())
            }
            return output.count
        }
        return try SealingKey(derived)
    }

    /// 32 bytes. Ed25519: the private key of RFC 8032, section 5.1.5, which is the inner OCTET
    /// STRING of the PKCS#8 file. P-256: the private number, big-endian with its leading zeros,
    /// which is the `privateKey` of RFC 5915.
    func secretBytes() throws(SealingError) -> SecretBytes {
        OpenSSLErrors.clear()
        return try SecretBytes(capacity: 32) { buffer throws(SealingError) in
            let isFilled =
                switch keyType {
                case .ed25519: readRawKey(into: buffer)
                case .p256: readNumber(into: buffer)
                }
            guard isFilled else { throw .library(OpenSSLErrors.takeReason()) }
            return buffer.count
        }
    }

    private func readRawKey(into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        var length = buffer.count
        let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        return EVP_PKEY_get_raw_private_key(pointer, start, &length) == 1
            && length == buffer.count
    }

    private func readNumber(into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        // Straight into our memory: EVP_PKEY_get_bn_param leaves a copy on the stack.
        let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var parameters = [
            OSSL_PARAM_construct_BN(parameterName("priv"), start, buffer.count),
            OSSL_PARAM_construct_end(),
        ]
        guard EVP_PKEY_get_params(pointer, &parameters) == 1, OSSL_PARAM_modified(parameters) == 1,
            parameters[0].return_size <= buffer.count
        else { return false }
        // In the machine's byte order; where OpenSSL wrote fewer bytes than there are, it filled up.
        #if _endian(little)
            var number = buffer
            number.reverse()
        #endif
        return true
    }
}

/// A parameter's name for an `OSSL_PARAM`, which keeps the pointer: the imported constants, such as
/// `OSSL_KDF_PARAM_KEY`, become Swift strings, whose bytes are gone after the call.
func parameterName(_ literal: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
}
