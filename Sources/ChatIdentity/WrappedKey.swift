internal import COpenSSL

/// A sealing key, sealed in turn with a key that only the owner of an identity can make. It is what
/// stands in a database: the identity's passphrase, where it has one, thus protects all that was
/// sealed, and changing the passphrase changes nothing here.
///
///     version   1 byte, 0x01
///     salt     32 bytes, random
///     key      61 bytes: the 32 bytes of the key, sealed (see ``SealingKey``)
///
/// The key that it is sealed with is HKDF-SHA256 (RFC 5869) over the 32 secret bytes of the private
/// key (Ed25519: the seed; P-256: the private number), with the salt and the info ``info``, which
/// is the associated data as well.
public struct WrappedKey: Hashable, Sendable {
    public static let byteCount = 1 + saltByteCount + SealingKey.byteCount + SealingKey.overhead
    /// Says what the derived key is for, so that it is no other purpose's.
    static let info = "p2pchat history key 1"

    private static let version: UInt8 = 1
    private static let saltByteCount = 32

    /// ``byteCount`` bytes.
    public let bytes: [UInt8]

    /// Takes what was stored. Throws ``SealingError/malformed`` or
    /// ``SealingError/unknownVersion(_:)``.
    public init(bytes: some Collection<UInt8>) throws(SealingError) {
        guard let version = bytes.first else { throw .malformed }
        guard version == Self.version else { throw .unknownVersion(version) }
        guard bytes.count == Self.byteCount else { throw .malformed }
        self.bytes = Array(bytes)
    }

    /// Wraps `key` for whoever holds `owner`.
    public init(_ key: SealingKey, for owner: PrivateKey) throws(SealingError) {
        OpenSSLErrors.clear()
        var salt = [UInt8](repeating: 0, count: Self.saltByteCount)
        guard RAND_bytes(&salt, Int32(salt.count)) == 1 else {
            throw .library(OpenSSLErrors.takeReason())
        }
        let outer = try owner.derivedKey(salt: salt, info: Self.info)
        let data = Array(Self.info.utf8)
        let sealed = try key.secret.withBytes { secret throws(SealingError) in
            try data.withUnsafeBytes { data in
                Result<[UInt8], SealingError> { () throws(SealingError) in
                    try outer.seal(secret, associatedData: data)
                }
            }.get()
        }
        bytes = [Self.version] + salt + sealed
    }

    /// The key inside. Throws ``SealingError/notAuthentic`` for another owner than it was wrapped
    /// for, and where a bit has changed.
    public func unwrapped(by owner: PrivateKey) throws(SealingError) -> SealingKey {
        let salt = Array(bytes[1..<(1 + Self.saltByteCount)])
        let outer = try owner.derivedKey(salt: salt, info: Self.info)
        let data = Array(Self.info.utf8)
        let secret = try bytes.withUnsafeBytes { bytes in
            data.withUnsafeBytes { data in
                let sealed = UnsafeRawBufferPointer(rebasing: bytes[(1 + Self.saltByteCount)...])
                return Result<SecretBytes, SealingError> { () throws(SealingError) in
                    try outer.openSecret(sealed, associatedData: data)
                }
            }
        }.get()
        return try SealingKey(secret)
    }

    /// The same key, wrapped for another owner: what a new key pair needs to read what the old one
    /// could.
    public func rewrapped(
        from old: PrivateKey, to new: PrivateKey
    ) throws(SealingError) -> WrappedKey {
        try WrappedKey(try unwrapped(by: old), for: new)
    }
}
