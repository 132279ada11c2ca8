public import ChatIdentity
import ChatStore
import ChatValues

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Makes a backup of one user: the key, the certificate, the pairs kept beside them, and the
/// database with contacts and messages.
///
/// A p2pchat may be running: the backup holds one state of the database. Nothing is in memory but a
/// piece at a time.
public struct BackupWriter {
    public static let standardOutput = "-"

    private let folder: UserFolder
    private let output: NewFile?
    private let isReplacing: Bool

    /// Finds out what stands in the way before a passphrase is asked for.
    ///
    /// - Parameter path: A file to be made, or `-` for standard output. Throws
    ///   ``IdentityError/Code/exists`` where there is one, unless `replacing`.
    public init(
        of folder: UserFolder, to path: String, replacing: Bool
    ) throws(IdentityError) {
        _ = try folder.open()
        if path == Self.standardOutput {
            guard isatty(STDOUT_FILENO) == 0 else {
                throw IdentityError(
                    .unexpectedFile,
                    "A backup can't be shown on a terminal; send standard output to a file.")
            }
            output = nil
        } else {
            output = try NewFile(path: path)
            try output?.checkName(replacing: replacing)
        }
        self.folder = folder
        isReplacing = replacing
    }

    /// Writes it. To be called once. Returns its size in bytes. Throws an `IdentityError` or a
    /// `StoreFailure`, and then there is no file, and what was to be replaced is as it was.
    @discardableResult
    public func write(passphrase: Passphrase) throws -> UInt64 {
        let lock = try folder.lockForArchiving()
        defer { withExtendedLifetime(lock) {} }
        let contents = try HomeContents(of: folder)
        let salt = try ArchiveKeys.randomSalt()
        let keys = try ArchiveKeys(passphrase: passphrase, salt: salt)
        let stream = BackupStream(
            encrypting: try ArchiveCipher(.encrypting, keys),
            authenticating: try ArchiveAuthenticator(keys)
        ) { [output] bytes in
            if let output { return try output.write(bytes) }
            try Descriptor.write(bytes, to: STDOUT_FILENO, path: "Standard output")
        }
        try write(contents, to: stream, salt: salt)
        try output?.finish(replacing: isReplacing)
        return stream.byteCount
    }

    private func write(
        _ contents: HomeContents, to stream: BackupStream, salt: [UInt8]
    ) throws {
        let now = UInt64(max(0, time(nil)))
        func header(_ name: String, _ size: UInt64) -> [UInt8] {
            TarHeader(name: name, kind: .file, mode: 0o600, size: size, time: now).bytes
        }
        let readMe = Array(BackupFormat.readMeText.utf8)
        try stream.put(header(BackupFormat.readMe, UInt64(readMe.count)))
        try stream.put(readMe)
        try stream.pad(after: UInt64(readMe.count))

        let size =
            UInt64(BackupFormat.saltMark.count + salt.count)
            + ArchiveCipher.encryptedByteCount(contents.archiveByteCount)
        try stream.put(header(BackupFormat.archive, size))
        try stream.put(BackupFormat.saltMark + salt)
        try contents.write(time: now) { try stream.putEncrypted($0) }
        try stream.finishEncrypted()
        try stream.pad(after: size)

        let code = hexadecimal(try stream.authenticationCode()) + "\n"
        try stream.put(header(BackupFormat.code, UInt64(code.utf8.count)))
        try stream.put(Array(code.utf8))
        try stream.pad(after: UInt64(code.utf8.count))
        try stream.put(TarHeader.end)
    }
}

/// Bytes on their way into a backup: some as they are, some encrypted, all authenticated until the
/// code is asked for.
final class BackupStream {
    private let cipher: ArchiveCipher
    private var authenticator: ArchiveAuthenticator?
    private let handOn: (UnsafeRawBufferPointer) throws -> Void
    private(set) var byteCount: UInt64 = 0

    init(
        encrypting cipher: ArchiveCipher, authenticating authenticator: ArchiveAuthenticator,
        _ handOn: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) {
        self.cipher = cipher
        self.authenticator = authenticator
        self.handOn = handOn
    }

    func put(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes(put) }

    func pad(after size: UInt64) throws {
        try put([UInt8](repeating: 0, count: TarHeader.padding(after: size)))
    }

    func putEncrypted(_ bytes: UnsafeRawBufferPointer) throws {
        try cipher.update(bytes, put)
    }

    func finishEncrypted() throws {
        guard try cipher.finish(put) else {
            throw IdentityError(.library, "OpenSSL failed while encrypting; try again.")
        }
    }

    /// Of all that was put so far; what follows is not authenticated.
    func authenticationCode() throws -> [UInt8] {
        guard let authenticator else { return [] }
        self.authenticator = nil
        return try authenticator.finish()
    }

    private func put(_ bytes: UnsafeRawBufferPointer) throws {
        try authenticator?.update(bytes)
        try handOn(bytes)
        byteCount += UInt64(bytes.count)
    }
}
