#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Passphrases that programs give. Never from an argument or the environment: other users see the
/// one, and every child process the other.
extension Passphrase {
    /// The first line of a file. A plain file that others can read or change is refused; a pipe,
    /// such as a shell's `<(…)`, is not looked at that closely.
    public init(file path: String) throws(IdentityError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .reading(path, errno: errno) }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw .reading(path, errno: errno) }
        let isFile = information.st_mode & S_IFMT == S_IFREG
        guard !isFile || information.st_mode & 0o077 == 0 else {
            throw IdentityError(
                .loosePermissions,
                "The passphrase file \(path) is open to other users; "
                    + "mend it with: chmod 600 \(shellQuoted(path))")
        }
        try self.init(firstLineFrom: descriptor, source: path)
    }

    /// The first line of what an open descriptor delivers. Not a byte after the line is read, and
    /// the descriptor stays open: standard input can go on to carry something else.
    public init(descriptor: Int32) throws(IdentityError) {
        guard fcntl(descriptor, F_GETFD) >= 0 else {
            throw IdentityError(
                .missing,
                "File descriptor \(descriptor) is not open; open it in the shell, "
                    + "as in \(descriptor)<FILE.")
        }
        try self.init(firstLineFrom: descriptor, source: "File descriptor \(descriptor)")
    }

    private init(firstLineFrom descriptor: Int32, source: String) throws(IdentityError) {
        // Room for a line that is one byte too long, and its ending.
        let line = try SecretBytes(capacity: Self.maximumByteCount + 3) {
            (buffer) throws(IdentityError) in
            var length = 0
            while length < buffer.count {
                let count = read(descriptor, buffer.baseAddress?.advanced(by: length), 1)
                if count == 0 { break }
                guard count > 0 else {
                    if errno == EINTR { continue }
                    throw .reading(source, errno: errno)
                }
                if buffer[length] == UInt8(ascii: "\n") {
                    if length > 0, buffer[length - 1] == UInt8(ascii: "\r") { length -= 1 }
                    break
                }
                length += 1
            }
            return length
        }
        do throws(IdentityError) {
            try self.init(line)
        } catch {
            throw error.about(source)
        }
    }
}
