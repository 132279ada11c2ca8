#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// An exclusive lock on a file, held until this is released by its last owner or the process ends,
/// in whatever way: the kernel lets go of it (flock). Processes that we start do not inherit it.
///
/// The file stays. Removing it would let two processes each lock a file of that name.
package final class FileLock: Sendable {
    private let descriptor: Int32

    /// Nil where another holds the lock.
    package init?(in folder: OpenFolder, name: String) throws(IdentityError) {
        let descriptor = folder.openFile(name, O_RDWR | O_CREAT, mode: 0o600)
        guard descriptor >= 0 else { throw .creating(folder.path(of: name), errno: errno) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let number = errno
            if number == EINTR { continue }
            close(descriptor)
            if number == EWOULDBLOCK { return nil }
            throw .creating(folder.path(of: name), errno: number)
        }
        self.descriptor = descriptor
    }

    deinit {
        // Closing alone is not enough while a child, just forked, still holds a copy.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Replaces what the file says. It only informs: failing to write it is no failure to lock.
    func note(_ text: String) {
        guard ftruncate(descriptor, 0) == 0 else { return }
        let bytes = Array(text.utf8)
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }
}
