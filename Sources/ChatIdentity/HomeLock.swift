#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Says that a process is running as this user: there is at most one. Held as long as this object
/// lives, and let go by the kernel if the process dies.
public final class HomeLock: Sendable {
    static let fileName = "lock"
    private let lock: FileLock

    /// Throws ``IdentityError/Code/inUse`` with the number of the process that holds it.
    public init(_ user: UserFolder) throws(IdentityError) {
        let folder = try user.open()
        guard let lock = try FileLock(in: folder, name: Self.fileName) else {
            let holder = Self.holder(in: folder).map { "process \($0)" } ?? "another process"
            throw IdentityError(
                .inUse,
                "\(user.path) is in use by \(holder); quit that one, or use another --user or --home."
            )
        }
        lock.note("\(getpid())\n")
        self.lock = lock
    }

    // The number of a process that is gone must not be shown for that of its successor, in the
    // moment before that one has written its own.
    deinit { lock.note("") }

    /// Who holds the lock, by the file's own account.
    private static func holder(in folder: OpenFolder) -> Int? {
        guard let secret = try? folder.read(fileName, limit: 64, isPrivate: false) else {
            return nil
        }
        let text = secret.withBytes { String(decoding: $0, as: UTF8.self) }
        return text.split(separator: "\n").first.flatMap { Int($0) }
    }
}
