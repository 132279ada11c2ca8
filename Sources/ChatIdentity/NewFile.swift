internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A file that comes into being whole or not at all.
///
/// Where the system can, it has no name until it is complete, so that not even a crash leaves a
/// part of it behind; elsewhere it has a temporary one beside its own. May be used by any thread.
package final class NewFile: Sendable {
    package let path: String
    private let folder: OpenFolder
    private let name: String
    private let state: Mutex<State>

    private enum State {
        case unnamed(Int32)
        case named(Int32, String)
        case closed
    }

    /// Readable by its owner alone, unless `mode` says more and the umask lets it.
    package convenience init(path: String, mode: UInt16 = 0o600) throws(IdentityError) {
        let slash = path.lastIndex(of: "/")
        let folderPath = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let folder = try OpenFolder(path: folderPath, followingLinks: true)
        guard !name.isEmpty, name != ".", name != ".." else {
            throw IdentityError(.unexpectedFile, "\(path) is a folder; name a file.")
        }
        try self.init(name, in: folder, path: path, mode: mode)
    }

    /// - Parameter path: what the user calls it.
    init(_ name: String, in folder: OpenFolder, path: String, mode: UInt16) throws(IdentityError) {
        self.name = name
        self.folder = folder
        self.path = path
        if let descriptor = folder.openUnnamed(mode: mode) {
            state = Mutex(.unnamed(descriptor))
            return
        }
        let temporary = Self.randomName()
        let descriptor = folder.openFile(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
        guard descriptor >= 0 else { throw .creating(path, errno: errno) }
        state = Mutex(.named(descriptor, temporary))
    }

    deinit { discard() }

    private static func randomName() -> String {
        ".p2pchat-" + String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// Throws ``IdentityError/Code/exists`` where something has the name, unless `replacing`.
    package func checkName(replacing: Bool) throws(IdentityError) {
        if replacing { return }
        guard try !folder.exists(name) else { throw taken() }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(IdentityError) {
        let failure = state.withLock { state in
            switch state {
            case .unnamed(let descriptor), .named(let descriptor, _):
                writeAll(bytes, to: descriptor)
            case .closed: EBADF
            }
        }
        guard failure == 0 else { throw .creating(path, errno: failure) }
    }

    /// Puts all of it on the disk and gives it its name. What has the name already goes, if
    /// `replacing`; otherwise it stays, and this throws ``IdentityError/Code/exists``.
    package func finish(replacing: Bool) throws(IdentityError) {
        defer { discard() }
        try state.withLock { (state) throws(IdentityError) in
            try finish(&state, replacing: replacing)
        }
        try folder.synchronize()
    }

    private func finish(_ state: inout State, replacing: Bool) throws(IdentityError) {
        let temporary: String
        switch state {
        case .closed: throw .creating(path, errno: EBADF)
        case .named(let descriptor, let name):
            try synchronize(descriptor)
            temporary = name
        case .unnamed(let descriptor):
            try synchronize(descriptor)
            if !replacing {
                return try nameIt { () throws(IdentityError) in
                    try folder.link(unnamed: descriptor, as: name)
                }
            }
            temporary = Self.randomName()
            try folder.link(unnamed: descriptor, as: temporary)
            state = .named(descriptor, temporary)
        }
        if replacing {
            try folder.rename(temporary, to: name)
        } else {
            try nameIt { () throws(IdentityError) in
                try folder.renameWithoutReplacing(temporary, to: name)
            }
        }
    }

    private func synchronize(_ descriptor: Int32) throws(IdentityError) {
        // Some file systems know no such thing, and say so.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw .creating(path, errno: errno)
        }
    }

    private func nameIt(_ body: () throws(IdentityError) -> Void) throws(IdentityError) {
        do throws(IdentityError) {
            try body()
        } catch {
            throw error.code == .exists ? taken() : error
        }
    }

    /// Leaves nothing of it but what has its name already.
    package func discard() {
        state.withLock { state in
            switch state {
            case .unnamed(let descriptor): close(descriptor)
            case .named(let descriptor, let temporary):
                close(descriptor)
                try? folder.remove(temporary)
            case .closed: break
            }
            state = .closed
        }
    }

    private func taken() -> IdentityError {
        IdentityError(
            .exists, "\(path) exists already; name another file, or replace it with --force.")
    }
}

extension OpenFolder {
    /// A file without a name, to be given one with ``link(unnamed:as:)``; nil where the system or
    /// the file system has no such thing.
    fileprivate func openUnnamed(mode: UInt16) -> Int32? {
        #if os(Linux)
            // O_TMPFILE, which is no macro that Swift can import.
            let descriptor = openFile(".", O_WRONLY | 0o20_000_000 | O_DIRECTORY, mode: mode)
            guard descriptor >= 0 else { return nil }
            if access(Self.link(to: descriptor), F_OK) == 0 { return descriptor }
            // There is no /proc, through which it would get its name.
            close(descriptor)
        #endif
        return nil
    }

    fileprivate func link(unnamed file: Int32, as name: String) throws(IdentityError) {
        // How open(2) says to name a file without a name.
        let link = Self.link(to: file)
        guard linkat(AT_FDCWD, link, descriptor, name, AT_SYMLINK_FOLLOW) == 0 else {
            throw .creating(path(of: name), errno: errno)
        }
    }

    private static func link(to descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }
}
