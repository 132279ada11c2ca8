#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The Unix domain socket in a user's folder, by which other programs of the same user reach the one
/// that holds the folder's ``HomeLock``.
///
/// The folder lets in nobody else (0700), and neither does the socket (0600). Its path may be longer
/// than a socket's address takes (108 bytes on Linux): there it is reached through the descriptor
/// of the open folder.
package enum HomeSocket {
    package static let name = "control.sock"
    private static let newName = ".control.sock.new"

    /// Binds the socket and listens. What a program left behind that was killed is replaced; anything
    /// but a socket is an error, and left alone.
    ///
    /// The caller holds the lock of the folder.
    ///
    /// - Returns: a descriptor that does not block, the caller's to close.
    package static func listen(
        in user: UserFolder, backlog: Int32
    ) throws(IdentityError) -> Int32 {
        let folder = try user.open()
        let path = folder.path(of: name)
        if let information = try folder.information(of: name) {
            guard information.st_mode & S_IFMT == S_IFSOCK else {
                throw IdentityError(
                    .unexpectedFile, "\(path) is not a socket; move it away and start again.")
            }
        }
        try folder.remove(newName)
        let descriptor = try makeSocket(for: path)
        do throws(IdentityError) {
            // Under another name until it is what it shall be: nobody finds it half done.
            let number = call(newName, of: folder) { bind(descriptor, $0, $1) }
            guard number == 0 else { throw .creating(path, errno: number) }
            guard fchmodat(folder.descriptor, newName, 0o600, 0) == 0,
                Self.listen(descriptor, backlog) == 0
            else { throw .creating(path, errno: errno) }
            try folder.rename(newName, to: name)
        } catch {
            close(descriptor)
            try? folder.remove(newName)
            throw error
        }
        return descriptor
    }

    /// Takes the socket away, if there is one. The caller holds the lock of the folder.
    package static func remove(in user: UserFolder) throws(IdentityError) {
        let folder = try user.open()
        guard let information = try folder.information(of: name),
            information.st_mode & S_IFMT == S_IFSOCK
        else { return }
        try folder.remove(name)
    }

    /// Connects with whoever listens.
    ///
    /// - Returns: a descriptor, the caller's to close; nil where nobody listens, or so many others are
    ///   just connecting that there is no room.
    /// - Throws: when what stands there is no socket, or can be reached by others, or the program
    ///   that listens is another user's.
    package static func connect(in user: UserFolder) throws(IdentityError) -> Int32? {
        let folder = try user.open()
        let path = folder.path(of: name)
        guard let information = try folder.information(of: name) else { return nil }
        guard information.st_mode & S_IFMT == S_IFSOCK else {
            throw IdentityError(
                .unexpectedFile, "\(path) is not a socket; move it away, and start p2pchat again.")
        }
        guard information.st_uid == geteuid() else { throw .foreignOwner(path) }
        guard information.st_mode & 0o077 == 0 else {
            throw IdentityError(
                .loosePermissions,
                "\(path) is open to other users; close it with: chmod 600 \(shellQuoted(path))")
        }
        let descriptor = try makeSocket(for: path)
        do throws(IdentityError) {
            // A link that takes the socket's place between these steps is put there by ourselves or
            // by root: nobody else gets into the folder. What answers is looked at below anyway.
            switch call(name, of: folder, { Self.connect(descriptor, $0, $1) }) {
            case 0: break
            case ECONNREFUSED, ENOENT, EAGAIN:
                close(descriptor)
                return nil
            case let number: throw .reading(path, errno: number)
            }
            guard SocketPeer.user(of: descriptor) == geteuid() else { throw .foreignOwner(path) }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func makeSocket(for path: String) throws(IdentityError) -> Int32 {
        #if canImport(Darwin)
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { throw .creating(path, errno: errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return descriptor
    }

    /// Makes a system call with the address of a socket in the folder, and returns 0 or the error
    /// number.
    private static func call(
        _ name: String, of folder: OpenFolder,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var number = ENAMETOOLONG
        for path in paths(of: name, in: folder) {
            guard let address = SocketPath(path) else { continue }
            if address.withAddress(body) == 0 { return 0 }
            number = errno
            // Where there is no /proc, the path itself may be short enough.
            guard number == ENOENT else { break }
        }
        return number
    }

    /// By which paths the system finds the file: through the open folder, where there is such a way.
    private static func paths(of name: String, in folder: OpenFolder) -> [String] {
        #if os(Linux)
            ["/proc/self/fd/\(folder.descriptor)/\(name)", folder.path(of: name)]
        #else
            [folder.path(of: name)]
        #endif
    }

    // The functions of the same names would be these methods.

    private static func listen(_ descriptor: Int32, _ backlog: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.listen(descriptor, backlog)
        #elseif canImport(Musl)
            Musl.listen(descriptor, backlog)
        #else
            Darwin.listen(descriptor, backlog)
        #endif
    }

    private static func connect(
        _ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t
    ) -> Int32 {
        #if canImport(Glibc)
            Glibc.connect(descriptor, address, length)
        #elseif canImport(Musl)
            Musl.connect(descriptor, address, length)
        #else
            Darwin.connect(descriptor, address, length)
        #endif
    }
}
