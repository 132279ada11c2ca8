public import ChatIdentity

/// The certificates in a file, PEM or DER, as PEM.
public struct CertificateText: Sendable {
    public let pem: [UInt8]
    /// How many there are.
    public let count: Int

    public init(file: String) throws(IdentityError) {
        let certificates = try Certificate.certificates(inFile: file)
        count = certificates.count
        pem = certificates.flatMap { Array($0.pem.utf8) }
    }
}
