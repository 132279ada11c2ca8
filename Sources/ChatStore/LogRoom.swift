import GRDB
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Room at the end of the write-ahead log, made before it is needed.
///
/// A commit that makes the log longer has the file system write down where it now ends, besides
/// what is in it, and on ext4 the sync takes twice as long. So who stores message after message
/// makes the log longer in larger steps, when nobody waits for it. SQLite writes over the zeros;
/// whoever reads the log, after a crash as well, stops before them, for a frame has the salts of
/// the log's header and a checksum (SQLite's "Database File Format", section 4.1).
final class LogRoom: Sendable {
    /// As long as the log gets before SQLite begins it anew, and some more: see ``Connection``.
    static let limit = 18 << 20
    private static let steps = 64 << 10...1 << 20

    private struct Progress {
        /// How long the log was when we last looked, with what we had added.
        var length = 0
        var isGivenUp = false
    }

    private let path: String
    private let progress = Mutex(Progress())

    /// - Parameter path: The database's.
    init(besides path: String) { self.path = path + "-wal" }

    /// Makes room where the last commit made the log longer: on the database's thread, when who
    /// waits for the commit has been told. What goes wrong is not told: without room all is as it
    /// should be, but slower.
    func make(_ database: Database) {
        progress.withLock { make(database, &$0) }
    }

    private func make(_ database: Database, _ progress: inout Progress) {
        guard !progress.isGivenUp, let now = Self.length(of: path) else { return }
        // The log was cut, or stayed as it was, or is as long as it gets.
        guard now > progress.length, now < Self.limit else { return progress.length = now }
        do {
            // No other process, either, adds to the log or cuts it meanwhile.
            try database.execute(sql: "BEGIN IMMEDIATE")
            defer { try? database.execute(sql: "ROLLBACK") }
            progress.length = try Self.lengthen(path)
        } catch is DatabaseError {
            // Another process is at it.
            progress.length = now
        } catch {
            progress.isGivenUp = true
        }
    }

    private static func length(of path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    private struct Refused: Error {}

    /// - Returns: The new length.
    private static func lengthen(_ path: String) throws -> Int {
        // Closing this descriptor loses none of SQLite's locks: the log itself has none.
        let descriptor = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw Refused() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Refused() }
        let end = Int(status.st_size)
        let zeros = [UInt8](repeating: 0, count: min(max(end, steps.lowerBound), steps.upperBound))
        var done = 0
        while done < zeros.count {
            let count = zeros.withUnsafeBytes {
                pwrite(
                    descriptor, $0.baseAddress.map { $0 + done }, zeros.count - done,
                    off_t(end + done))
            }
            guard count > 0 else {
                // The disk is full: what is left of it is for messages.
                ftruncate(descriptor, off_t(end))
                throw Refused()
            }
            done += count
        }
        // Or the next commit would wait for them.
        guard fsync(descriptor) == 0 else { throw Refused() }
        return end + done
    }
}
