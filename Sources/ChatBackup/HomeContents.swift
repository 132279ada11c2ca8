import ChatIdentity
import ChatStore
import ChatValues

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What of a user's folder goes into a backup, held fast at one moment.
final class HomeContents {
    private enum Content {
        case bytes(SecretBytes)
        /// Ours to close.
        case file(descriptor: Int32)
    }

    private struct Member {
        let name: String
        let size: UInt64
        let content: Content
    }

    private static let pieceByteCount = 1 << 18

    private let userName: UserName
    private let path: String
    private var members: [Member] = []

    /// The caller holds ``UserFolder/lockForArchiving()``.
    init(of folder: UserFolder) throws {
        userName = folder.userName
        path = folder.path
        let home = try folder.open()
        for (name, content) in try folder.identityFiles() {
            members.append(
                Member(name: name, size: UInt64(content.count), content: .bytes(content)))
        }
        if try home.exists(BackupFormat.databaseName) {
            let snapshot = try DatabaseSnapshot.write(of: folder, in: home)
            // Open is enough: without a name nothing of it stays behind.
            try home.remove(DatabaseSnapshot.name)
            try add(BackupFormat.databaseName, snapshot)
        }
        // Those that were kept when a key pair was replaced. Nobody writes to them.
        for name in try home.names().sorted()
        where name != BackupFormat.databaseName
            && UserFolder.isNumbered(name, of: BackupFormat.databaseName)
        {
            let descriptor = home.openFile(name, O_RDONLY)
            guard descriptor >= 0 else {
                throw IdentityError.reading(home.path(of: name), errno: errno)
            }
            try add(name, descriptor)
        }
    }

    deinit {
        for case .file(let descriptor) in members.map(\.content) { close(descriptor) }
    }

    private func add(_ name: String, _ descriptor: Int32) throws {
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw IdentityError(
                .unexpectedFile, "\(path)/\(name) is not a plain file; put one in its place.")
        }
        members.append(
            Member(
                name: name, size: UInt64(information.st_size),
                content: .file(descriptor: descriptor)))
    }

    private var folderName: String { userName.text + "/" }

    /// What ``write(time:_:)`` will write, to the byte.
    var archiveByteCount: UInt64 {
        let checksums = Checksums.byteCount(of: members.map(\.name))
        return members.reduce(UInt64(TarHeader.blockByteCount + TarHeader.end.count)) {
            $0 + TarHeader.memberByteCount($1.size)
        } + TarHeader.memberByteCount(checksums)
    }

    /// Writes the folder, each file, and their checksums as a tar archive.
    func write(time: UInt64, _ handOn: (UnsafeRawBufferPointer) throws -> Void) throws {
        func put(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes(handOn) }
        func putHeader(_ name: String, _ size: UInt64) throws {
            try put(
                TarHeader(
                    name: folderName + name, kind: .file, mode: BackupFormat.mode(of: name),
                    size: size, time: time
                ).bytes)
        }
        func putPadding(after size: UInt64) throws {
            try put([UInt8](repeating: 0, count: TarHeader.padding(after: size)))
        }
        try put(
            TarHeader(name: folderName, kind: .folder, mode: 0o700, size: 0, time: time).bytes)
        var checksums = Checksums()
        for member in members {
            try putHeader(member.name, member.size)
            let digest = try ArchiveDigest()
            try read(member) { piece in
                try digest.update(piece)
                try handOn(piece)
            }
            try putPadding(after: member.size)
            checksums.add(member.name, try digest.finish())
        }
        let text = Array(checksums.text.utf8)
        try putHeader(BackupFormat.checksums, UInt64(text.count))
        try put(text)
        try putPadding(after: UInt64(text.count))
        try put(TarHeader.end)
    }

    private func read(
        _ member: Member, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        switch member.content {
        case .bytes(let bytes): try bytes.withBytes { try body($0) }
        case .file(let descriptor):
            var offset: UInt64 = 0
            while offset < member.size {
                let count = Int(min(UInt64(Self.pieceByteCount), member.size - offset))
                let piece = try Descriptor.read(
                    count, at: offset, from: descriptor, path: "\(path)/\(member.name)")
                guard piece.count == count else {
                    throw IdentityError(
                        .inputOutput,
                        "\(path)/\(member.name) became shorter meanwhile; try again.")
                }
                try piece.withUnsafeBytes(body)
                offset += UInt64(count)
            }
        }
    }
}
