import ChatCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The file on disk, before SQLite sees it.
enum DatabaseFile {
    /// Makes the file where there is none, and takes away what others may do with it.
    static func prepare(_ path: String) throws(StoreFailure) {
        var status = stat()
        if stat(path, &status) == 0 {
            try requireFile(status, path)
            try restrict(path)
            // SQLite would open it for reading, and fail at the first change.
            return try requireAccess(path, R_OK | W_OK)
        }
        guard errno == ENOENT else { throw failure(errno, path) }
        // SQLite gives the files beside it the mode of this one, so one fchmod serves for three.
        // Closing this descriptor can't release a lock of SQLite's: the file is new.
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let code = errno
            // Another process was faster, or the path is a link that leads nowhere.
            if code == EEXIST, stat(path, &status) == 0 { return try restrict(path) }
            throw failure(code, path)
        }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw failure(errno, path) }
        try syncFolder(of: path)
    }

    static func requirePresence(_ path: String) throws(StoreFailure) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == ENOENT else { throw failure(errno, path) }
            throw StoreFailure(
                .unreadable, "There is no database \(shown(path)) yet: start p2pchat once.")
        }
        try requireFile(status, path)
        try requireAccess(path, R_OK)
    }

    private static func requireAccess(_ path: String, _ kind: CInt) throws(StoreFailure) {
        guard access(path, kind) == 0 else {
            let reason = String(cString: strerror(errno))
            throw StoreFailure(
                access(path, R_OK) == 0 ? .readOnly : .unreadable,
                "You may not \(kind == R_OK ? "read" : "read and write") the database "
                    + "\(shown(path)) (\(reason)): make it yours and writable (chown, chmod 600).")
        }
        let folder = folder(of: path)
        guard kind == R_OK || access(folder, W_OK) == 0 else {
            throw StoreFailure(
                .readOnly,
                "The database \(shown(path)) can't be changed: make its folder "
                    + "\(shown(folder)) yours and writable.")
        }
    }

    private static func requireFile(_ status: stat, _ path: String) throws(StoreFailure) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFDIR:
            throw StoreFailure(
                .unreadable,
                "A folder stands where the database should be: move \(shown(path)) aside.")
        default:
            throw StoreFailure(
                .unreadable,
                "What stands where the database should be is not a file: move \(shown(path)) "
                    + "aside.")
        }
    }

    /// Takes the group's and others' permissions away from the file and from those beside it.
    private static func restrict(_ path: String) throws(StoreFailure) {
        // SQLite follows links, and puts its files beside the one that is meant.
        guard let resolved = realpath(path, nil) else { throw failure(errno, path) }
        defer { free(resolved) }
        let real = String(cString: resolved)
        for file in [real, real + "-wal", real + "-shm"] {
            var status = stat()
            guard lstat(file, &status) == 0, status.st_mode & 0o077 != 0 else { continue }
            guard status.st_mode & S_IFMT == S_IFREG, chmod(file, 0o600) == 0 else {
                throw StoreFailure(
                    .unreadable,
                    "Others may read \(shown(file)): give it back to yourself alone with "
                        + "chown and chmod 600.")
            }
        }
    }

    /// Without this a power cut can take the file's name away, with all that was synced into it.
    private static func syncFolder(of path: String) throws(StoreFailure) {
        let descriptor = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(errno, path) }
        defer { close(descriptor) }
        // Some file systems can't sync a folder (EINVAL); there is nothing more to be done there.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(errno, path) }
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func failure(_ code: CInt, _ path: String) -> StoreFailure {
        let reason = String(cString: strerror(code))
        switch code {
        case ENOENT:
            return StoreFailure(
                .unreadable,
                "The database can't be made: the folder \(shown(folder(of: path))) does not "
                    + "exist; make it first.")
        case EACCES, EPERM, EROFS:
            return StoreFailure(
                .readOnly,
                "The database \(shown(path)) can't be made (\(reason)): make the folder "
                    + "\(shown(folder(of: path))) yours and writable.")
        case ENOSPC, EDQUOT: return .full(at: path)
        case EEXIST:
            return StoreFailure(
                .unreadable, "The link \(shown(path)) leads nowhere: remove it or mend it.")
        default:
            return StoreFailure(
                .unreadable,
                "The database \(shown(path)) can't be opened (\(reason)): check the path.")
        }
    }
}
