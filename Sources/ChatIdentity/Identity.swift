public import ChatValues

/// Who we are: a certificate and the private key that belongs to it.
public struct Identity: Sendable {
    public let certificate: Certificate
    public let privateKey: PrivateKey
    /// The certificate's common name, without control characters. It is the user's own, and yet
    /// may come from elsewhere than this program: make it safe before showing it.
    public let userName: String

    public var fingerprint: Fingerprint { certificate.fingerprint }

    /// Throws ``IdentityError/Code/keyMismatch``, ``IdentityError/Code/unsupportedKeyType`` or
    /// ``IdentityError/Code/badName``. A certificate from elsewhere is as good as one made here:
    /// neither its dates nor its extensions matter, the pin does.
    public init(certificate: Certificate, privateKey: PrivateKey) throws(IdentityError) {
        guard certificate.keyType != nil else {
            throw IdentityError(
                .unsupportedKeyType,
                "The certificate's key is neither Ed25519 nor P-256; make one of these types.")
        }
        guard privateKey.matches(certificate) else {
            throw IdentityError(
                .keyMismatch,
                "The private key does not belong to the certificate; restore the pair from a copy."
            )
        }
        guard let name = certificate.commonName,
            !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw IdentityError(
                .badName,
                "The certificate has no common name that can be used; make one with a plain name.")
        }
        self.certificate = certificate
        self.privateKey = privateKey
        userName = name
    }

    /// A new key with a new self-signed certificate. Nothing is written anywhere.
    public static func make(
        userName: UserName, keyType: KeyType = .ed25519
    ) throws(IdentityError) -> Identity {
        let key = try PrivateKey.generate(keyType)
        let certificate = try Certificate.selfSigned(for: key, userName: userName)
        return try Identity(certificate: certificate, privateKey: key)
    }
}
