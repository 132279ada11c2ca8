public import ChatValues

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// One user's folder: the key, the certificate, and whatever else the program keeps.
///
/// The folder may be entered by its owner alone (0700), and so may the key be read (0600). Neither
/// the folder nor the files may be symbolic links, and all must belong to the user who runs the
/// program. Anything else is refused with a sentence that says what to do.
public struct UserFolder: Sendable {
    package static let keyName = "key.pem"
    package static let certificateName = "certificate.pem"

    public let path: String
    public let userName: UserName

    package init(path: String, userName: UserName) {
        self.path = path
        self.userName = userName
    }

    public var keyPath: String { path + "/" + Self.keyName }
    public var certificatePath: String { path + "/" + Self.certificateName }

    /// True where there is a key, whether or not it can be used.
    public var hasIdentity: Bool {
        var information = stat()
        return lstat(keyPath, &information) == 0
    }

    /// The key and the certificate, checked against each other.
    ///
    /// Throws ``IdentityError/Code/passphraseNeeded`` where the key is encrypted and no passphrase
    /// was given, so that a front end can ask and call again. Deriving a key from a passphrase
    /// takes about a fifth of a second.
    public func load(passphrase: Passphrase?) throws(IdentityError) -> Identity {
        guard hasIdentity else {
            throw IdentityError(
                .noIdentity,
                "There is no key in \(path); make one with: p2pchat-keygen --user \(userName)")
        }
        let folder = try open()
        let (key, text) = try IdentityChange.locked(folder, toRead: true) {
            () throws(IdentityError) in
            (
                try folder.read(
                    Self.keyName, limit: PrivateKey.maximumPEMByteCount, isPrivate: true),
                try readCertificate(in: folder)
            )
        }
        let certificate = try parseCertificate(text)
        do throws(IdentityError) {
            return try Identity(
                certificate: certificate, privateKey: PrivateKey(pem: key, passphrase: passphrase))
        } catch {
            throw error.about(error.code == .badName ? certificatePath : keyPath)
        }
    }

    /// The certificate alone; needs no passphrase.
    public func certificate() throws(IdentityError) -> Certificate {
        let folder = try open()
        let text = try IdentityChange.locked(folder, toRead: true) { () throws(IdentityError) in
            try readCertificate(in: folder)
        }
        return try parseCertificate(text)
    }

    /// Opens the folder, which must exist and be private.
    package func open() throws(IdentityError) -> OpenFolder {
        let folder = try OpenFolder(path: path, followingLinks: false)
        try folder.checkIsPrivate()
        return folder
    }

    private func readCertificate(in folder: OpenFolder) throws(IdentityError) -> SecretBytes {
        do throws(IdentityError) {
            return try folder.read(
                Self.certificateName, limit: Certificate.maximumFileByteCount, isPrivate: false)
        } catch {
            guard error.code == .missing else { throw error }
            throw IdentityError(
                .missing, "\(certificatePath) is missing; restore it from a copy.")
        }
    }

    private func parseCertificate(_ text: SecretBytes) throws(IdentityError) -> Certificate {
        do throws(IdentityError) {
            let found = try Certificate.certificates(inPEM: text.withBytes { Array($0) })
            // There is one at least, or an error.
            return found[0]
        } catch {
            throw error.about(certificatePath)
        }
    }
}

extension IdentityError {
    /// The same error with the file it is about in front.
    func about(_ path: String) -> IdentityError {
        IdentityError(code, "\(path): \(description)")
    }
}
