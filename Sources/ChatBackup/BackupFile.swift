public import ChatIdentity
public import ChatValues

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A backup to be restored, open.
public final class BackupFile {
    private static let pieceByteCount = 1 << 18

    let path: String
    private let descriptor: Int32
    private(set) var salt: [UInt8] = []
    /// Where the encrypted bytes begin, after the salt, and where they end.
    private var encrypted: Range<UInt64> = 0..<0
    /// Up to here the code authenticates.
    private var authenticatedByteCount: UInt64 = 0
    private var code = ""

    /// Opens the file and looks at it from outside: a backup, of a version that we know, all of it
    /// there. Needs no passphrase. Throws ``IdentityError/Code/badBackup`` or
    /// ``IdentityError/Code/newerBackup``.
    public init(_ path: String) throws(IdentityError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        self.path = path
        guard descriptor >= 0 else { throw .reading(path, errno: errno) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw .reading(path, errno: errno) }
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw IdentityError(
                .unexpectedFile, "\(path) is not a plain file; copy the backup into one.")
        }
        try readOutside(byteCount: UInt64(information.st_size))
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private func fault(_ text: String) -> IdentityError { .badBackup(path, text) }

    private func readOutside(byteCount: UInt64) throws(IdentityError) {
        let block = UInt64(TarHeader.blockByteCount)
        guard byteCount > 0 else { throw fault("is empty") }
        let readMe: TarHeader
        do throws(IdentityError) {
            readMe = try header(at: 0, BackupFormat.readMe, of: byteCount)
        } catch {
            throw error.code == .badBackup && byteCount >= block ? fault("is no backup") : error
        }
        guard readMe.size <= BackupFormat.readMeLimit else { throw fault("is no backup") }
        let version = BackupFormat.version(of: try read(readMe.size, at: block, of: byteCount))
        guard let version, version > 0 else { throw fault("is no backup") }
        guard version == BackupFormat.version else { throw .newerBackup(path) }

        let archiveOffset = TarHeader.memberByteCount(readMe.size)
        let archive = try header(at: archiveOffset, BackupFormat.archive, of: byteCount)
        let markByteCount = UInt64(BackupFormat.saltMark.count)
        let prefix = markByteCount + UInt64(ArchiveKeys.saltByteCount)
        guard archive.size > prefix, (archive.size - prefix) % 16 == 0 else {
            throw fault("is not in order")
        }
        let start = try read(prefix, at: archiveOffset + block, of: byteCount)
        guard start.starts(with: BackupFormat.saltMark) else { throw fault("is not in order") }
        salt = Array(start.dropFirst(BackupFormat.saltMark.count))
        encrypted = archiveOffset + block + prefix..<archiveOffset + block + archive.size

        authenticatedByteCount = archiveOffset + TarHeader.memberByteCount(archive.size)
        try readCode(archive, byteCount: byteCount)
    }

    /// The end of the file has one form, to the byte.
    private func readCode(_ archive: TarHeader, byteCount: UInt64) throws(IdentityError) {
        let header = try header(at: authenticatedByteCount, BackupFormat.code, of: byteCount)
        let size = TarHeader.memberByteCount(header.size) + UInt64(TarHeader.end.count)
        guard header.size == UInt64(BackupFormat.codeByteCount), header.time == archive.time else {
            throw fault("is not in order")
        }
        let tail = try read(size, at: authenticatedByteCount, of: byteCount)
        guard authenticatedByteCount + size == byteCount else {
            throw fault("goes on after its end")
        }
        let content = tail[TarHeader.blockByteCount...]
        let digits = content.prefix(BackupFormat.codeByteCount - 1)
        let rest = content.dropFirst(BackupFormat.codeByteCount)
        guard content[content.startIndex + digits.count] == 0x0A, rest.allSatisfy({ $0 == 0 })
        else {
            throw fault("is not in order")
        }
        code = String(decoding: digits, as: UTF8.self)
    }

    private func header(
        at offset: UInt64, _ name: String, of byteCount: UInt64
    ) throws(IdentityError) -> TarHeader {
        let block = try read(UInt64(TarHeader.blockByteCount), at: offset, of: byteCount)
        guard let header = try? TarHeader(block), header.kind == .file, header.name == name,
            header.mode == 0o600
        else { throw fault("is not in order") }
        return header
    }

    private func read(
        _ count: UInt64, at offset: UInt64, of byteCount: UInt64
    ) throws(IdentityError) -> [UInt8] {
        let (end, isTooMuch) = offset.addingReportingOverflow(count)
        guard !isTooMuch, end <= byteCount, count <= 1 << 20 else { throw fault("is cut short") }
        let bytes = try Descriptor.read(Int(count), at: offset, from: descriptor, path: path)
        guard bytes.count == Int(count) else { throw fault("is cut short") }
        return bytes
    }

    /// Authenticates the whole file, then decrypts it, authenticating it once more, since it may
    /// have changed in between.
    ///
    /// Throws ``IdentityError/Code/wrongPassphrase`` where the code is another: the passphrase is
    /// another, or the file was changed; nobody can tell which.
    func decrypt(
        _ keys: ArchiveKeys, _ handOn: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard try isAuthentic(keys, { _ in }) else {
            throw IdentityError(
                .wrongPassphrase,
                "The passphrase does not open \(path), or the file was changed or damaged: check "
                    + "the passphrase, then use another copy of the backup.")
        }
        let cipher = try ArchiveCipher(.decrypting, keys)
        let isSame = try isAuthentic(keys) { try cipher.update($0, handOn) }
        guard isSame, try cipher.finish(handOn) else {
            throw fault("changed while it was read")
        }
    }

    /// - Parameter body: Is handed what is encrypted.
    private func isAuthentic(
        _ keys: ArchiveKeys, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        let authenticator = try ArchiveAuthenticator(keys)
        var offset: UInt64 = 0
        for end in [encrypted.lowerBound, encrypted.upperBound, authenticatedByteCount] {
            while offset < end {
                let count = Int(min(UInt64(Self.pieceByteCount), end - offset))
                let piece = try Descriptor.read(count, at: offset, from: descriptor, path: path)
                guard piece.count == count else { return false }
                try piece.withUnsafeBytes { piece in
                    try authenticator.update(piece)
                    if encrypted.contains(offset) { try body(piece) }
                }
                offset += UInt64(count)
            }
        }
        return ArchiveAuthenticator.isSame(
            Array(hexadecimal(try authenticator.finish()).utf8), Array(code.utf8))
    }
}

extension BackupFile {
    /// Unpacks the backup into a folder beside the one that it belongs into, where it waits to be
    /// checked and put in place.
    ///
    /// - Parameters:
    ///   - user: Throws where the backup is another user's.
    ///   - replacing: Otherwise throws ``IdentityError/Code/exists`` where the user has a folder.
    public func unpack(
        into home: IdentityHome, for user: UserName?, replacing: Bool, passphrase: Passphrase
    ) throws -> UnpackedHome {
        try unpack(
            into: home, for: user, replacing: replacing,
            keys: ArchiveKeys(passphrase: passphrase, salt: salt))
    }

    func unpack(
        into home: IdentityHome, for user: UserName?, replacing: Bool, keys: ArchiveKeys
    ) throws -> UnpackedHome {
        let unpacked = try UnpackedHome(from: path, in: home, replacing: replacing)
        let extractor = TarExtractor(into: unpacked.folder, source: path) { [path] name in
            guard user == nil || user == name else {
                throw IdentityError(
                    .badName,
                    "\(path) is a backup of \(name); restore it with --user \(name), "
                        + "or without --user.")
            }
            try unpacked.meet(name)
        }
        try decrypt(keys) { try extractor.put($0) }
        _ = try extractor.finish()
        return unpacked
    }
}
