internal import COpenSSL

/// A key for what is stored: AES-256-GCM (NIST SP 800-38D).
///
/// A sealed text is
///
///     version   1 byte, 0x01
///     nonce    12 bytes, random for each
///     text     as long as the plaintext
///     tag      16 bytes
///
/// and the associated data that GCM authenticates is the version byte and then the caller's: what
/// the text belongs to. It opens with the same alone.
///
/// Random nonces of 96 bits under one key: at 2^24 (16 million) texts the chance that any two are
/// alike is 2^-49, and at 2^32, where SP 800-38D (section 8.3) draws the line, still below 2^-32.
/// Who seals more than ``maximumSealCount`` texts has to take another key. A counter would be
/// worse: a database that is put back from a copy would use its nonces twice.
// @unchecked because of the cipher: it is set once, and OpenSSL's fetched algorithms are
// immutable and counted.
public final class SealingKey: @unchecked Sendable {
    /// The key's length in bytes.
    public static let byteCount = 32
    /// By how much a sealed text is longer than the plaintext.
    public static let overhead = 1 + nonceByteCount + tagByteCount
    /// How many texts may be sealed with one key.
    public static let maximumSealCount = 1 << 32

    static let version: UInt8 = 1
    static let nonceByteCount = 12
    static let tagByteCount = 16

    let secret: SecretBytes
    /// Owned: freed in deinit. Fetched once, since OpenSSL looks long for an algorithm.
    let cipher: OpaquePointer

    /// Throws ``SealingError/malformed`` where there are not 32 bytes.
    public init(_ secret: SecretBytes) throws(SealingError) {
        guard secret.count == Self.byteCount else { throw .malformed }
        OpenSSLErrors.clear()
        guard let cipher = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else {
            throw .library(OpenSSLErrors.takeReason())
        }
        self.secret = secret
        self.cipher = cipher
    }

    deinit { EVP_CIPHER_free(cipher) }

    /// A new key.
    public static func random() throws(SealingError) -> SealingKey {
        OpenSSLErrors.clear()
        let secret = try SecretBytes(capacity: byteCount) { buffer throws(SealingError) in
            // The generator for what stays secret; RAND_bytes is for what others may see.
            guard
                RAND_priv_bytes(
                    buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(buffer.count))
                    == 1
            else { throw .library(OpenSSLErrors.takeReason()) }
            return buffer.count
        }
        return try SealingKey(secret)
    }

    /// - Parameter associatedData: What the text belongs to. It is not in the result.
    public func seal(
        _ plaintext: [UInt8], associatedData: [UInt8]
    ) throws(SealingError) -> [UInt8] {
        try plaintext.withUnsafeBytes { plain in
            associatedData.withUnsafeBytes { data in
                Result<[UInt8], SealingError> { () throws(SealingError) in
                    try seal(plain, associatedData: data)
                }
            }
        }.get()
    }

    /// Throws ``SealingError/notAuthentic`` where one bit of the text or the associated data is
    /// another, or the key.
    public func open(
        _ sealed: [UInt8], associatedData: [UInt8]
    ) throws(SealingError) -> [UInt8] {
        try sealed.withUnsafeBytes { sealed in
            associatedData.withUnsafeBytes { data in
                Result<[UInt8], SealingError> { () throws(SealingError) in
                    try open(sealed, associatedData: data)
                }
            }
        }.get()
    }
}

/// Why a sealed text does not open.
public enum SealingError: Error, Equatable, CustomStringConvertible {
    /// Cut short, or nothing of ours.
    case malformed
    /// A later version of the program sealed it.
    case unknownVersion(UInt8)
    /// Sealed with another key or for another place, or changed since.
    case notAuthentic
    /// OpenSSL could not do what it always can.
    case library(String)

    public var description: String {
        switch self {
        case .malformed:
            "The sealed bytes are cut short; restore them from a copy."
        case .unknownVersion(let version):
            "The bytes were sealed by a later version of p2pchat (\(version)); install that one."
        case .notAuthentic:
            "The sealed bytes were changed, moved, or sealed with another key; use the key "
                + "that they were sealed with, or restore them from a copy."
        case .library(let reason):
            "OpenSSL failed while sealing or opening (\(reason)); check the OpenSSL installation "
                + "and try again."
        }
    }
}
