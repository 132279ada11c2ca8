internal import COpenSSL

/// AES-256-CBC with PKCS #7 padding, a piece at a time. It says nothing about whether what it
/// decrypts is what was encrypted: ``ArchiveAuthenticator`` does.
package final class ArchiveCipher {
    package enum Direction: Sendable { case encrypting, decrypting }

    private static let blockByteCount = 16
    /// Owned: freed, and wiped, in deinit.
    private let context: OpaquePointer
    private var output: [UInt8] = []

    package init(_ direction: Direction, _ keys: ArchiveKeys) throws(IdentityError) {
        OpenSSLErrors.clear()
        guard let context = EVP_CIPHER_CTX_new() else {
            throw OpenSSLErrors.failure("setting up a cipher")
        }
        self.context = context
        let isReady = keys.cipherKey.withBytes { key in
            keys.initialisationVector.withBytes { vector in
                EVP_CipherInit_ex2(
                    context, EVP_aes_256_cbc(),
                    key.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    vector.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    direction == .encrypting ? 1 : 0, nil)
            }
        }
        guard isReady == 1 else { throw OpenSSLErrors.failure("setting up a cipher") }
    }

    deinit {
        EVP_CIPHER_CTX_free(context)
        output.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }

    /// How long so many bytes are once they are encrypted.
    package static func encryptedByteCount(_ count: UInt64) -> UInt64 {
        (count / UInt64(blockByteCount) + 1) * UInt64(blockByteCount)
    }

    /// Hands on what this piece, at most 1 GiB, makes available; that may be nothing.
    package func update(
        _ bytes: UnsafeRawBufferPointer, _ handOn: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        if output.count < bytes.count + Self.blockByteCount {
            output = [UInt8](repeating: 0, count: bytes.count + Self.blockByteCount)
        }
        OpenSSLErrors.clear()
        var count: Int32 = 0
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard EVP_CipherUpdate(context, &output, &count, start, Int32(bytes.count)) == 1 else {
            throw OpenSSLErrors.failure("encrypting")
        }
        try output.withUnsafeBytes {
            try handOn(UnsafeRawBufferPointer(rebasing: $0[..<Int(count)]))
        }
    }

    /// Hands on the rest. False where the padding is wrong.
    package func finish(_ handOn: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        var rest = [UInt8](repeating: 0, count: Self.blockByteCount)
        defer { rest.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        var count: Int32 = 0
        OpenSSLErrors.clear()
        guard EVP_CipherFinal_ex(context, &rest, &count) == 1 else {
            OpenSSLErrors.clear()
            return false
        }
        try rest.withUnsafeBytes { try handOn(UnsafeRawBufferPointer(rebasing: $0[..<Int(count)])) }
        return true
    }
}
