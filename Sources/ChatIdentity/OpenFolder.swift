#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// An open folder. Everything in it is reached through the descriptor and by plain name, so that
/// nobody can slip another folder or a symbolic link under a path between two steps.
package final class OpenFolder: Sendable {
    package let path: String
    let descriptor: Int32

    /// Where `followingLinks` is false, the folder itself may not be a symbolic link; those
    /// further up in its path are the user's own affair.
    package init(path: String, followingLinks: Bool) throws(IdentityError) {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (followingLinks ? 0 : O_NOFOLLOW)
        let descriptor = open(path, flags)
        guard descriptor >= 0 else {
            throw Self.isLink(path) && !followingLinks
                ? .reading(path, errno: ELOOP) : .reading(path, errno: errno)
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Linux answers ENOTDIR for a symbolic link where a folder is asked for.
    private static func isLink(_ path: String) -> Bool {
        let number = errno
        defer { errno = number }
        var information = stat()
        return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFLNK
    }

    package func path(of name: String) -> String { path + "/" + name }

    /// Refuses a folder of somebody else's, or one that others can look into.
    package func checkIsPrivate() throws(IdentityError) {
        let information = try status()
        guard information.st_mode & 0o077 == 0 else {
            throw IdentityError(
                .loosePermissions,
                "\(path) is open to other users; close it with: chmod 700 \(shellQuoted(path))")
        }
    }

    /// Closes the folder to others, whatever it was before. Refuses one of somebody else's.
    func makePrivate() throws(IdentityError) {
        guard try status().st_mode & 0o7777 != 0o700 else { return }
        guard fchmod(descriptor, 0o700) == 0 else { throw .creating(path, errno: errno) }
    }

    private func status() throws(IdentityError) -> stat {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw .reading(path, errno: errno) }
        guard information.st_uid == geteuid() else { throw .foreignOwner(path) }
        return information
    }

    /// Puts names that were added, changed or removed on the disk.
    package func synchronize() throws(IdentityError) {
        // Some file systems know no such thing for folders, and say so.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw .creating(path, errno: errno)
        }
    }

    /// What stands under a name, a symbolic link itself included; nil where nothing does.
    func information(of name: String) throws(IdentityError) -> stat? {
        var information = stat()
        guard fstatat(descriptor, name, &information, AT_SYMLINK_NOFOLLOW) == 0 else {
            guard errno == ENOENT else { throw .reading(path(of: name), errno: errno) }
            return nil
        }
        return information
    }

    func identifier(of name: String) throws(IdentityError) -> FileIdentifier? {
        try information(of: name).map {
            FileIdentifier(device: UInt64($0.st_dev), number: UInt64($0.st_ino))
        }
    }

    package func exists(_ name: String) throws(IdentityError) -> Bool {
        try identifier(of: name) != nil
    }

    /// The descriptor of a new or existing file, which is the caller's to close, or -1 with errno.
    /// Never follows a link, never waits for the other end of a pipe.
    package func openFile(_ name: String, _ flags: Int32, mode: UInt16 = 0) -> Int32 {
        openat(descriptor, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode_t(mode))
    }

    /// Gives a file a second name. False where the file system has no such thing.
    func link(_ name: String, as other: String) throws(IdentityError) -> Bool {
        if linkat(descriptor, name, descriptor, other, 0) == 0 { return true }
        switch errno {
        case EPERM, EOPNOTSUPP, ENOSYS, EMLINK: return false
        default: throw .creating(path(of: other), errno: errno)
        }
    }

    /// Replaces what stands under `other`, in one step.
    package func rename(_ name: String, to other: String) throws(IdentityError) {
        guard renameat(descriptor, name, descriptor, other) == 0 else {
            throw .creating(path(of: other), errno: errno)
        }
    }

    /// Fails where something stands under `other`, and leaves it alone. Where the file system has
    /// no hard links this is two steps, and the caller holds a lock.
    package func renameWithoutReplacing(_ name: String, to other: String) throws(IdentityError) {
        if try link(name, as: other) {
            try remove(name)
        } else {
            guard try !exists(other) else { throw .creating(path(of: other), errno: EEXIST) }
            try rename(name, to: other)
        }
    }

    /// Nothing standing there is no error.
    package func remove(_ name: String) throws(IdentityError) {
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
            throw .creating(path(of: name), errno: errno)
        }
    }
}

/// Which file it is, under whatever name.
struct FileIdentifier: Equatable {
    let device: UInt64
    let number: UInt64
}

extension IdentityError {
    static func foreignOwner(_ path: String) -> IdentityError {
        IdentityError(
            .foreignOwner,
            "\(path) belongs to another user; use a home of your own, with --home or P2PCHAT_HOME.")
    }
}

/// The text as one word of a shell command.
package func shellQuoted(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B...0x2F, 0x3A, 0x3D, 0x40, 0x5F: true
        default: byte >= 0x80
        }
    }
    guard !plain || text.isEmpty || text.hasPrefix("-") else { return text }
    return "'"
        + text.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
}
