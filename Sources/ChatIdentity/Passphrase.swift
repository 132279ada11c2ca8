/// What a private key is encrypted with: 1 to 1,023 bytes, whatever their encoding, without a NUL
/// and without a line break at the end. Wiped from memory with its last copy.
///
/// The bounds are those of the `openssl` tool, so that every key can be opened with it.
public struct Passphrase: Sendable {
    /// The most bytes that a passphrase may have.
    public static let maximumByteCount = 1_023

    package let secret: SecretBytes

    /// Throws ``IdentityError/Code/badPassphrase`` for bytes out of bounds.
    public init(_ secret: SecretBytes) throws(IdentityError) {
        guard secret.count > 0 else {
            throw IdentityError(
                .badPassphrase, "The passphrase is empty; give at least one character.")
        }
        guard secret.count <= Self.maximumByteCount else {
            throw IdentityError(
                .badPassphrase,
                "The passphrase is too long; give at most \(Self.maximumByteCount) bytes.")
        }
        guard secret.withBytes({ !$0.contains(0) }) else {
            throw IdentityError(
                .badPassphrase, "The passphrase contains a NUL byte; give one without.")
        }
        self.secret = secret
    }

    public init(copying bytes: some Collection<UInt8>) throws(IdentityError) {
        try self.init(SecretBytes(copying: bytes))
    }

    /// The bytes, only for the length of the call.
    public func withBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try secret.withBytes(body)
    }
}
