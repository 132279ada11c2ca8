/// Why a key, a certificate, a passphrase or a home folder can't be used. The description is one
/// sentence that says what to do. It may quote paths, as they are; it never holds a secret.
public struct IdentityError: Error, CustomStringConvertible, Sendable {
    public enum Code: String, Sendable, CaseIterable {
        /// The bytes are no certificate, or a broken one.
        case notACertificate
        /// The bytes are no private key, or a broken one.
        case notAPrivateKey
        /// Neither Ed25519 nor P-256.
        case unsupportedKeyType
        /// The private key does not belong to the certificate.
        case keyMismatch
        /// The own certificate holds no usable common name.
        case badName
        /// The key is encrypted and no passphrase was given: ask for one.
        case passphraseNeeded
        /// The key is encrypted with another passphrase.
        case wrongPassphrase
        /// Empty, too long, or with a NUL: no passphrase at all.
        case badPassphrase
        /// The two times a passphrase was typed differ.
        case passphraseMismatch
        /// There is no terminal to ask on.
        case noTerminal
        /// The question was left unanswered: end of input, or a signal.
        case cancelled
        /// There is no identity in this home.
        case noIdentity
        /// There are several and none was named.
        case severalIdentities
        /// Something stands where a file was to be made.
        case exists
        /// A file or folder can be read or changed by others.
        case loosePermissions
        /// A file or folder belongs to another user.
        case foreignOwner
        /// A symbolic link, a folder or a device where a plain file is expected, or the like.
        case unexpectedFile
        /// A named file does not exist.
        case missing
        /// The system does not let us read something.
        case noPermission
        /// The system does not let us make or change something.
        case cannotCreate
        /// Reading or writing failed.
        case inputOutput
        /// Another process is using the home.
        case inUse
        /// No backup, or one that is cut short, changed, or holds what no backup does.
        case badBackup
        /// A later version of the program wrote the backup.
        case newerBackup
        /// OpenSSL could not do what it always can: no memory, no random bytes.
        case library
    }

    public let code: Code
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
