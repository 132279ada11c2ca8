#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Whole files, in and out.
extension OpenFolder {
    /// Reads a plain file of our own. With `isPrivate`, one that others can touch is refused with
    /// the command that mends it.
    package func read(
        _ name: String, limit: Int, isPrivate: Bool
    ) throws(IdentityError) -> SecretBytes {
        let file = path(of: name)
        let descriptor = openFile(name, O_RDONLY)
        guard descriptor >= 0 else { throw .reading(file, errno: errno) }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw .reading(file, errno: errno) }
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw IdentityError(
                .unexpectedFile, "\(file) is not a plain file; put one in its place.")
        }
        guard information.st_uid == geteuid() else { throw .foreignOwner(file) }
        guard !isPrivate || information.st_mode & 0o077 == 0 else {
            throw IdentityError(
                .loosePermissions,
                "\(file) can be read or changed by other users; "
                    + "mend it with: chmod 600 \(shellQuoted(file))")
        }
        return try readAll(from: descriptor, limit: limit, path: file)
    }

    /// Writes a new file, all of it on the disk when this returns, and nothing left of it when
    /// this throws. What stands under the name already is an error. The umask is not heeded.
    package func write(
        _ content: SecretBytes, to name: String, mode: UInt16
    ) throws(IdentityError) {
        let descriptor = openFile(name, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
        guard descriptor >= 0 else { throw .creating(path(of: name), errno: errno) }
        var failure: Int32 = 0
        if fchmod(descriptor, mode_t(mode)) != 0 { failure = errno }
        if failure == 0 { failure = content.withBytes { writeAll($0, to: descriptor) } }
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0, failure == 0 { failure = errno }
        guard failure == 0 else {
            try? remove(name)
            throw .creating(path(of: name), errno: failure)
        }
    }
}

/// Returns 0 or the error number.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var written = 0
    while written < bytes.count {
        let count = write(
            descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
        if count > 0 {
            written += count
        } else if errno != EINTR {
            return errno
        }
    }
    return 0
}

/// Reads to the end. More than `limit` bytes are an error.
func readAll(
    from descriptor: Int32, limit: Int, path: String
) throws(IdentityError) -> SecretBytes {
    try SecretBytes(capacity: limit + 1) { (buffer) throws(IdentityError) in
        var length = 0
        while length < buffer.count {
            let count = read(
                descriptor, buffer.baseAddress?.advanced(by: length), buffer.count - length)
            if count == 0 { return length }
            if count > 0 {
                length += count
            } else if errno != EINTR {
                throw .reading(path, errno: errno)
            }
        }
        throw IdentityError(
            .unexpectedFile,
            "\(path) is longer than \(limit) bytes; check that it is the right file.")
    }
}
