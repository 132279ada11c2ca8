import ChatIdentity
import ChatValues

/// What a backup looks like from outside: a tar archive of three files. See <doc:BackupFormat>.
enum BackupFormat {
    static let version = 1
    static let readMe = "README.txt"
    static let archive = "archive.tar.enc"
    static let code = "archive.hmac"
    static let readMeLimit: UInt64 = 65_536
    /// In hexadecimal digits, and a line feed.
    static let codeByteCount = 65
    /// What `openssl enc` puts before the salt.
    static let saltMark = Array("Salted__".utf8)

    static let checksums = "SHA256SUMS"
    static let databaseName = "p2pchat.sqlite"

    private static let versionMark = "p2pchat backup, version "

    static let readMeText = """
        \(versionMark)\(version)

        This is a backup of a p2pchat user: the key, the certificate, the contacts and the messages.

            p2pchat-keygen restore FILE

        checks all of it and puts it back. Without p2pchat, tar and openssl open it; openssl asks for
        the passphrase:

            tar -xOf FILE \(archive) |
                openssl enc -d -aes-256-cbc -pbkdf2 -md sha256 -iter \(ArchiveKeys.iterationCount) |
                tar -xf -

        and in the folder that this makes

            sha256sum -c \(checksums)

        says whether everything is there and as it was. What authenticates the file is
        \(code); p2pchat's documents say how to check it, under "The form of a backup".

        """

    /// Nil where the text is no backup's.
    static func version(of readMe: [UInt8]) -> Int? {
        let line = String(decoding: readMe.prefix { $0 != 0x0A }.prefix(64), as: UTF8.self)
        guard line.hasPrefix(versionMark) else { return nil }
        return Int(line.dropFirst(versionMark.count))
    }

    /// Whether a user's folder may hold a file of this name, for a backup.
    static func isMember(_ name: String) -> Bool {
        UserFolder.isIdentityFile(name) || UserFolder.isNumbered(name, of: databaseName)
    }

    static func mode(of name: String) -> UInt32 {
        UserFolder.isCertificateFile(name) ? 0o644 : 0o600
    }
}

extension IdentityError {
    /// - Parameter fault: What is wrong with it, without a full stop.
    static func badBackup(_ path: String, _ fault: String) -> IdentityError {
        IdentityError(
            .badBackup, "\(path) \(fault), so nothing was restored; use another copy of the backup."
        )
    }

    static func newerBackup(_ path: String) -> IdentityError {
        IdentityError(
            .newerBackup,
            "\(path) was written by a later version of p2pchat; install that one to restore it.")
    }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}
