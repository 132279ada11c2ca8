import ChatIdentity
import ChatValues

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Puts the files of a backup's inner archive into a folder, from pieces of any length. Takes what
/// ``HomeContents`` writes, in that order, and nothing else: one folder, its files, at the end
/// their checksums.
///
/// The bytes were authenticated before. So what is refused here was made by somebody who has the
/// passphrase, or by another version of the program.
final class TarExtractor {
    private enum State {
        case header
        case content(rest: UInt64, padding: Int)
        case padding(rest: Int)
        /// So many of the closing zeros have come.
        case end(seen: Int)
    }

    private let destination: OpenFolder
    private let source: String
    private let meet: (UserName) throws -> Void
    private var state = State.header
    private var block: [UInt8] = []
    private var userName: UserName?
    private var checksums = Checksums()
    private var isListComplete = false
    private var list: [UInt8] = []
    private var file: (name: String, descriptor: Int32?, digest: ArchiveDigest)?

    /// - Parameters:
    ///   - source: The backup's path, for errors.
    ///   - meet: Is told whose backup it is before the first file is made.
    init(
        into destination: OpenFolder, source: String, meet: @escaping (UserName) throws -> Void
    ) {
        self.destination = destination
        self.source = source
        self.meet = meet
    }

    deinit { if let descriptor = file?.descriptor { close(descriptor) } }

    func put(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .header:
                let missing = TarHeader.blockByteCount - block.count
                block += rest.prefix(missing)
                rest = rest.dropFirst(missing)
                if block.count == TarHeader.blockByteCount {
                    let complete = block
                    block = []
                    try begin(complete)
                }
            case .content(let left, let padding):
                let piece = rest.prefix(Int(min(left, UInt64(rest.count))))
                rest = rest.dropFirst(piece.count)
                try take(UnsafeRawBufferPointer(rebasing: piece))
                let now = left - UInt64(piece.count)
                state = .content(rest: now, padding: padding)
                if now == 0 { try finishFile(padding: padding) }
            case .padding(let left):
                let piece = rest.prefix(left)
                guard piece.allSatisfy({ $0 == 0 }) else { throw fault("is not in order") }
                rest = rest.dropFirst(piece.count)
                state = left == piece.count ? .header : .padding(rest: left - piece.count)
            case .end(let seen):
                guard rest.allSatisfy({ $0 == 0 }) else { throw fault("goes on after its end") }
                state = .end(seen: seen + rest.count)
                rest = rest.dropFirst(rest.count)
            }
        }
    }

    /// After the last piece. Returns whose backup it is.
    func finish() throws -> UserName {
        guard case .end(TarHeader.end.count) = state, let userName, isListComplete else {
            throw fault("is not complete")
        }
        for name in [UserFolder.keyName, UserFolder.certificateName]
        where !checksums.entries.contains(where: { $0.name == name }) {
            throw fault("holds no \(name)")
        }
        return userName
    }

    private func fault(_ text: String) -> IdentityError { .badBackup(source, text) }

    private func begin(_ block: [UInt8]) throws {
        if block.allSatisfy({ $0 == 0 }) {
            guard isListComplete else { throw fault("ends before the list of its files") }
            state = .end(seen: block.count)
            return
        }
        let header: TarHeader
        do {
            header = try TarHeader(block)
        } catch TarHeader.Fault.kind(let name) {
            throw fault("holds a link or a device (\(shown(name)))")
        } catch {
            throw fault("is not in order")
        }
        guard let userName else { return try beginFolder(header) }
        let folder = userName.text + "/"
        guard header.kind == .file, header.name.hasPrefix(folder), !isListComplete else {
            throw fault("holds what no backup does (\(shown(header.name)))")
        }
        try beginFile(String(header.name.dropFirst(folder.count)), header)
    }

    private func beginFolder(_ header: TarHeader) throws {
        guard header.kind == .folder, header.mode == 0o700, header.name.hasSuffix("/"),
            let name = try? UserName(String(header.name.dropLast()))
        else { throw fault("does not begin with a user's folder (\(shown(header.name)))") }
        try meet(name)
        userName = name
        state = .header
    }

    private func beginFile(_ name: String, _ header: TarHeader) throws {
        let isList = name == BackupFormat.checksums
        guard isList || BackupFormat.isMember(name) else {
            throw fault("holds what no backup does (\(shown(header.name)))")
        }
        guard !checksums.entries.contains(where: { $0.name == name }) else {
            throw fault("holds two files of one name (\(shown(name)))")
        }
        guard header.mode == BackupFormat.mode(of: name) else { throw fault("is not in order") }
        let expected = Checksums.byteCount(of: checksums.entries.map(\.name))
        guard !isList || header.size == expected else { throw fault("has no list of its files") }
        var descriptor: Int32?
        if !isList {
            let mode = mode_t(header.mode)
            let opened = destination.openFile(name, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            guard opened >= 0 else {
                throw IdentityError.creating(destination.path(of: name), errno: errno)
            }
            descriptor = opened
            _ = fchmod(opened, mode)
        }
        file = (name, descriptor, try ArchiveDigest())
        let padding = TarHeader.padding(after: header.size)
        state = .content(rest: header.size, padding: padding)
        if header.size == 0 { try finishFile(padding: padding) }
    }

    private func take(_ piece: UnsafeRawBufferPointer) throws {
        guard let file else { return }
        guard let descriptor = file.descriptor else { return list += piece }
        try file.digest.update(piece)
        try Descriptor.write(piece, to: descriptor, path: destination.path(of: file.name))
    }

    private func finishFile(padding: Int) throws {
        guard let file else { return }
        if let descriptor = file.descriptor {
            guard fsync(descriptor) == 0 else {
                throw IdentityError.creating(destination.path(of: file.name), errno: errno)
            }
            self.file = nil
            close(descriptor)
            checksums.add(file.name, try file.digest.finish())
        } else {
            guard list == Array(checksums.text.utf8) else {
                throw fault("holds other files than its list says")
            }
            isListComplete = true
            self.file = nil
        }
        state = padding == 0 ? .header : .padding(rest: padding)
    }

    private func shown(_ name: String) -> String { SafeText.singleLine(name, limit: 120) }
}
