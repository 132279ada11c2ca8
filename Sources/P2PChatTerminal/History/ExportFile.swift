import P2PChat
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that appears under its name only when it is whole. Until then it has a temporary name
/// beside it. Only its owner may read it.
final class ExportFile: Sendable {
    let path: String
    private let temporary: String
    private let replaces: Bool
    /// -1 once it is closed.
    private let descriptor: Mutex<CInt>

    /// - Parameter replacing: an older file of this name goes.
    init(at path: String, replacing: Bool) throws(CommandFailure) {
        self.path = path
        replaces = replacing
        let shown = Self.shown(path)
        var status = stat()
        if lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw CommandFailure(
                    .cannotCreate,
                    "\(shown) is there already and is no plain file: name another, or - for "
                        + "standard output.")
            }
            guard replacing else { throw Self.exists(path) }
        }
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? ""
        let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
        guard !name.isEmpty else {
            throw CommandFailure(.usage, "\(shown) is a folder: name a file in it.")
        }
        // The name itself may be as long as names can be.
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        temporary = folder + ".p2pchat-\(random).part"
        let opened = open(
            temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw Self.failure(errno, path) }
        descriptor = Mutex(opened)
    }

    deinit { abandon() }

    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        let code = descriptor.withLock { descriptor -> CInt in
            guard descriptor >= 0 else { return EBADF }
            return Descriptors.write(bytes, to: descriptor) ? 0 : errno
        }
        guard code == 0 else { throw Self.failure(code, path) }
    }

    /// Gives the file its name, once it is on disk.
    func finish() throws(CommandFailure) {
        let code = descriptor.withLock { descriptor -> CInt in
            defer { descriptor = -1 }
            let synced = fsync(descriptor) == 0 ? 0 : errno
            let closed = close(descriptor) == 0 ? 0 : errno
            // Some file systems can't sync.
            return synced == 0 || synced == EINVAL ? closed : synced
        }
        guard code == 0 else {
            removeTemporary()
            throw Self.failure(code, path)
        }
        do throws(CommandFailure) {
            try giveName()
        } catch {
            removeTemporary()
            throw error
        }
    }

    private func giveName() throws(CommandFailure) {
        if !replaces {
            // A link, unlike a rename, never takes the place of what came there meanwhile.
            if link(temporary, path) == 0 {
                removeTemporary()
                return
            }
            let code = errno
            var status = stat()
            if code == EEXIST || lstat(path, &status) == 0 { throw Self.exists(path) }
            guard Self.hasNoLinks(code) else { throw Self.failure(code, path) }
        }
        guard rename(temporary, path) == 0 else { throw Self.failure(errno, path) }
    }

    /// Removes what there is of it.
    func abandon() {
        let wasOpen = descriptor.withLock { descriptor in
            defer { descriptor = -1 }
            if descriptor >= 0 { close(descriptor) }
            return descriptor >= 0
        }
        if wasOpen { removeTemporary() }
    }

    /// From any thread, whatever another is doing with it.
    func removeTemporary() { unlink(temporary) }

    private static func hasNoLinks(_ code: CInt) -> Bool {
        [EPERM, ENOTSUP, ENOSYS, EMLINK].contains(code)
    }

    private static func shown(_ path: String) -> String {
        "\"\(SafeText.singleLine(path, limit: 300))\""
    }

    private static func exists(_ path: String) -> CommandFailure {
        CommandFailure(
            .cannotCreate,
            "\(shown(path)) is there already: name another file, or replace it with --force.")
    }

    private static func failure(_ code: CInt, _ path: String) -> CommandFailure {
        switch code {
        case ENOSPC, EDQUOT:
            CommandFailure(
                .inputOutput,
                "The disk is full: make room, or name a file elsewhere; \(shown(path)) was not "
                    + "written.")
        default:
            CommandFailure(
                .cannotCreate,
                "\(shown(path)) can't be written (\(String(cString: strerror(code)))): name a "
                    + "file in a folder that is yours.")
        }
    }
}
