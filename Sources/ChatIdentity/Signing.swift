internal import COpenSSL

/// Signatures with an identity's key: Ed25519 (RFC 8032), or ECDSA on P-256 with SHA-256.
extension PrivateKey {
    public func signature(over text: [UInt8]) throws(SealingError) -> [UInt8] {
        OpenSSLErrors.clear()
        guard let context = EVP_MD_CTX_new() else { throw .library(OpenSSLErrors.takeReason()) }
        defer { EVP_MD_CTX_free(context) }
        var count = 128
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSignInit(context, nil, keyType.signatureDigest, nil, pointer) == 1,
            EVP_DigestSign(context, &signature, &count, text, text.count) == 1
        else { throw .library(OpenSSLErrors.takeReason()) }
        return Array(signature.prefix(count))
    }
}

extension Certificate {
    /// Whether the key of this certificate has signed the text. False for a type of key that is
    /// not taken.
    public func verifies(_ signature: [UInt8], over text: [UInt8]) -> Bool {
        OpenSSLErrors.clear()
        defer { OpenSSLErrors.clear() }
        guard let keyType, let key = X509_get0_pubkey(x509), let context = EVP_MD_CTX_new() else {
            return false
        }
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, keyType.signatureDigest, nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, text, text.count) == 1
    }
}

extension KeyType {
    /// Ed25519 hashes by itself.
    fileprivate var signatureDigest: OpaquePointer? {
        switch self {
        case .ed25519: nil
        case .p256: EVP_sha256()
        }
    }
}
