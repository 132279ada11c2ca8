internal import COpenSSL

/// Hashes with a key, for what discovery derives from a shared secret.
public enum KeyedHash {
    /// The length of SHA-256's output in bytes.
    public static let byteCount = 32

    /// HMAC-SHA256 (RFC 2104): ``byteCount`` bytes.
    public static func hmac(_ text: [UInt8], key: [UInt8]) throws(SealingError) -> [UInt8] {
        OpenSSLErrors.clear()
        var tag = [UInt8](repeating: 0, count: byteCount)
        var count = UInt32(0)
        guard let length = Int32(exactly: key.count),
            HMAC(EVP_sha256(), key, length, text, text.count, &tag, &count) != nil,
            count == UInt32(byteCount)
        else { throw .library(OpenSSLErrors.takeReason()) }
        return tag
    }

    /// HKDF-SHA256 (RFC 5869).
    ///
    /// - Parameters:
    ///   - info: What the result is for.
    ///   - count: How many bytes, at most 8,160.
    public static func derive(
        from key: [UInt8], salt: [UInt8] = [], info: [UInt8], count: Int
    ) throws(SealingError) -> [UInt8] {
        OpenSSLErrors.clear()
        var output = [UInt8](repeating: 0, count: count)
        let isDone = key.withUnsafeBytes { key in
            output.withUnsafeMutableBytes { hkdf(key, salt: salt, info: info, into: $0) }
        }
        guard isDone else { throw .library(OpenSSLErrors.takeReason()) }
        return output
    }
}

func hkdf(
    _ key: UnsafeRawBufferPointer, salt: [UInt8], info: [UInt8],
    into output: UnsafeMutableRawBufferPointer
) -> Bool {
    guard let algorithm = EVP_KDF_fetch(nil, "HKDF", nil) else { return false }
    defer { EVP_KDF_free(algorithm) }
    guard let context = EVP_KDF_CTX_new(algorithm) else { return false }
    // Wipes its copy of the key.
    defer { EVP_KDF_CTX_free(context) }
    var digest = Array("SHA256".utf8CString)
    var salt = salt
    var info = info
    return digest.withUnsafeMutableBufferPointer { digest in
        salt.withUnsafeMutableBytes { salt in
            info.withUnsafeMutableBytes { info in
                let parameters = [
                    OSSL_PARAM_construct_utf8_string(
                        parameterName("digest"), digest.baseAddress, 0),
                    // OpenSSL only reads it.
                    OSSL_PARAM_construct_octet_string(
                        parameterName("key"), UnsafeMutableRawPointer(mutating: key.baseAddress),
                        key.count),
                    OSSL_PARAM_construct_octet_string(
                        parameterName("salt"), salt.baseAddress, salt.count),
                    OSSL_PARAM_construct_octet_string(
                        parameterName("info"), info.baseAddress, info.count),
                    OSSL_PARAM_construct_end(),
                ]
                return EVP_KDF_derive(
                    context, output.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    output.count, parameters) == 1
            }
        }
    }
}
