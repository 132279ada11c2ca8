internal import COpenSSL

/// What a backup is encrypted and authenticated with: 80 bytes of PBKDF2 (RFC 8018, section 5.2) with
/// HMAC-SHA256 over a passphrase and a salt.
///
///     32 bytes   the key of AES-256-CBC
///     16 bytes   its initialisation vector
///     32 bytes   the key of HMAC-SHA256
///
/// The first 48 are what `openssl enc -aes-256-cbc -pbkdf2 -md sha256 -iter 600000` derives.
package struct ArchiveKeys: Sendable {
    /// What a guess costs: about a fifth of a second.
    package static let iterationCount = 600_000
    /// As long as `openssl enc` has it.
    package static let saltByteCount = 8

    let cipherKey: SecretBytes
    let initialisationVector: SecretBytes
    let authenticationKey: SecretBytes

    package init(passphrase: Passphrase, salt: [UInt8]) throws(IdentityError) {
        OpenSSLErrors.clear()
        let derived = try SecretBytes(capacity: 80) { output throws(IdentityError) in
            let isDerived = passphrase.withBytes { bytes in
                PKCS5_PBKDF2_HMAC(
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count),
                    salt, Int32(salt.count), Int32(Self.iterationCount), EVP_sha256(),
                    Int32(output.count), output.baseAddress?.assumingMemoryBound(to: UInt8.self))
            }
            guard isDerived == 1 else { throw OpenSSLErrors.failure("deriving a key") }
            return output.count
        }
        func part(_ range: Range<Int>) -> SecretBytes {
            derived.withBytes { SecretBytes(copying: $0[range]) }
        }
        cipherKey = part(0..<32)
        initialisationVector = part(32..<48)
        authenticationKey = part(48..<80)
    }

    package static func randomSalt() throws(IdentityError) -> [UInt8] {
        OpenSSLErrors.clear()
        var salt = [UInt8](repeating: 0, count: saltByteCount)
        guard RAND_bytes(&salt, Int32(salt.count)) == 1 else {
            throw OpenSSLErrors.failure("drawing random bytes")
        }
        return salt
    }
}
