import ChatIdentity
import ChatStore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A copy of a user's database in the same folder, for those who hold
/// ``UserFolder/lockForArchiving()``. It is sealed as the original is.
enum DatabaseSnapshot {
    static let name = ".backup.sqlite"

    /// Makes the copy and opens it; the descriptor, and the file, are the caller's. What a crash
    /// has left of another is removed.
    static func write(of folder: UserFolder, in home: OpenFolder) throws -> Int32 {
        for ending in ["", "-journal", "-wal", "-shm"] { try home.remove(name + ending) }
        // SQLite takes an empty file, which nobody else may read, for a new database.
        let descriptor = home.openFile(name, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        guard descriptor >= 0 else {
            throw IdentityError.creating(home.path(of: name), errno: errno)
        }
        do {
            try ChatStore.snapshot(of: folder.databasePath, to: home.path(of: name))
        } catch {
            close(descriptor)
            try? home.remove(name)
            throw error
        }
        return descriptor
    }
}
