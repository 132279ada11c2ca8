import P2PChat

/// The certificates in a file, PEM or DER, as PEM.
struct CertificateText: Sendable {
    let pem: [UInt8]

    init(file: String) throws(IdentityError) {
        let certificates = try Certificate.certificates(inFile: file)
        pem = certificates.flatMap { Array($0.pem.utf8) }
    }
}
