internal import COpenSSL
public import ChatValues

/// An X.509 certificate (RFC 5280), a peer's or our own. Says nothing about whether it is trusted.
// @unchecked because of the pointer: it is set once, and OpenSSL's certificates may be read by
// several threads at once as long as nobody changes them, which nothing here does.
public final class Certificate: @unchecked Sendable {
    /// The most bytes of DER that are looked at.
    public static let maximumByteCount = 65_536
    /// The most bytes of a file of certificates that are looked at.
    public static let maximumFileByteCount = 1_048_576

    /// Owned: freed in deinit. Borrowed by ChatTLS for the length of a call, or with a reference
    /// of its own.
    package let x509: OpaquePointer
    /// The whole certificate in DER: what the fingerprint is computed over.
    public let der: [UInt8]
    /// SHA-256 over ``der``.
    public let fingerprint: Fingerprint
    /// The first common name of the subject, decoded and otherwise as it stands: it may hold
    /// anything, NUL and escape sequences included, at any length. Make it safe before showing it.
    /// Nil where there is none, where it is empty, or where it can't be decoded.
    public let commonName: String?
    /// Nil for a type that is not taken, or a key that can't be read.
    public let keyType: KeyType?

    /// Reads one certificate. Throws ``IdentityError/Code/notACertificate`` for anything else,
    /// bytes after its end included.
    public convenience init(der: some Collection<UInt8>) throws(IdentityError) {
        let bytes = Array(der.prefix(Self.maximumByteCount + 1))
        guard bytes.count <= Self.maximumByteCount else {
            throw .notACertificate("it is longer than \(Self.maximumByteCount) bytes")
        }
        OpenSSLErrors.clear()
        let parsed = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var position = buffer.baseAddress
            guard let x509 = d2i_X509(nil, &position, buffer.count) else { return nil }
            guard position == buffer.baseAddress?.advanced(by: buffer.count) else {
                X509_free(x509)
                return nil
            }
            return x509
        }
        guard let parsed else { throw .notACertificate(OpenSSLErrors.takeReason()) }
        try self.init(owning: parsed)
        // BER that is not DER would have two fingerprints: over what came, and over what OpenSSL
        // makes of it.
        guard self.der == bytes else { throw .notACertificate("it is not in DER") }
    }

    /// Shares a certificate that OpenSSL holds, such as the peer's in a handshake.
    package convenience init(retaining x509: OpaquePointer) throws(IdentityError) {
        X509_up_ref(x509)
        try self.init(owning: x509)
    }

    /// Takes over the caller's reference.
    init(owning x509: OpaquePointer) throws(IdentityError) {
        self.x509 = x509
        guard let der = Self.encode(x509), let fingerprint = Fingerprint(sha256Over: der) else {
            // Every property must be set before deinit may run, and it does not run here.
            X509_free(x509)
            throw OpenSSLErrors.failure("encoding a certificate")
        }
        self.der = der
        self.fingerprint = fingerprint
        commonName = Self.commonName(of: x509)
        keyType = X509_get0_pubkey(x509).flatMap { KeyType(of: $0) }
        // A key or a name that could not be read is an answer, not an error to be found later.
        OpenSSLErrors.clear()
    }

    deinit { X509_free(x509) }

    /// The certificate in PEM (RFC 7468), as `openssl x509` writes it.
    public var pem: String {
        var lines = ["-----BEGIN CERTIFICATE-----"]
        // 48 bytes make a line of 64 characters.
        for start in stride(from: 0, to: der.count, by: 48) {
            let chunk = Array(der[start..<min(start + 48, der.count)])
            var line = [UInt8](repeating: 0, count: 65)
            let length = EVP_EncodeBlock(&line, chunk, Int32(chunk.count))
            lines.append(String(decoding: line.prefix(Int(length)), as: UTF8.self))
        }
        lines.append("-----END CERTIFICATE-----\n")
        return lines.joined(separator: "\n")
    }

    private static func encode(_ x509: OpaquePointer) -> [UInt8]? {
        let length = i2d_X509(x509, nil)
        guard length > 0 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
            var position = buffer.baseAddress
            count = Int(max(0, i2d_X509(x509, &position)))
        }
    }

    private static func commonName(of x509: OpaquePointer) -> String? {
        guard let subject = X509_get_subject_name(x509) else { return nil }
        let index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
        guard index >= 0, let entry = X509_NAME_get_entry(subject, index),
            let value = X509_NAME_ENTRY_get_data(entry)
        else { return nil }
        var bytes: UnsafeMutablePointer<UInt8>?
        // The length counts, not a NUL: "bob\0.example" is not "bob".
        let length = ASN1_STRING_to_UTF8(&bytes, value)
        guard let bytes else { return nil }
        defer { COpenSSL_free(bytes) }
        guard length > 0 else { return nil }
        return String(
            validating: UnsafeBufferPointer(start: bytes, count: Int(length)), as: UTF8.self)
    }
}

extension Certificate: Equatable {
    public static func == (left: Certificate, right: Certificate) -> Bool {
        left.fingerprint == right.fingerprint
    }
}

extension Fingerprint {
    init?(sha256Over bytes: [UInt8]) {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        guard EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1 else {
            return nil
        }
        self.init(bytes: digest)
    }
}

extension IdentityError {
    static func notACertificate(_ reason: String) -> IdentityError {
        IdentityError(
            .notACertificate,
            "This is not a certificate that can be read (\(reason)); ask for the file again.")
    }
}
