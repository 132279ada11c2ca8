public import ChatCore
import Dispatch
import GRDB

/// What is kept between runs, in one SQLite file.
///
/// It owns the only connection that writes. One connection, rather than a pool of readers beside
/// it: contacts are read whole when the program starts, messages in pages that take a millisecond,
/// and a second connection would double the time that opening takes. The file is in WAL mode, so
/// other processes read while this one writes.
///
/// Calls queue on a thread of the database's, never on the caller's executor. Once begun they
/// run to their end: cancelling the task that asked does not undo or cut short a change.
public final class ChatStore: Sendable {
    /// What a database may be opened for.
    public enum Mode: Sendable {
        /// Reading and writing; the file is made where there is none.
        case readWrite
        /// Reading alone, beside a process that writes or with none running. Nothing is made, and
        /// a change ends in a ``StoreFailure`` with the code `readOnly`.
        case readOnly
    }

    /// Where the file lies; nil in memory.
    public let path: String?
    let mode: Mode
    private let connection: DatabaseQueue
    private let logRoom: LogRoom?

    private init(_ connection: DatabaseQueue, path: String?, mode: Mode) {
        self.connection = connection
        self.path = path
        self.mode = mode
        logRoom = path.map(LogRoom.init)
    }

    /// Opens the database, bringing it up to date where an earlier version wrote it.
    ///
    /// A new file, and those that SQLite puts beside it (`-wal`, `-shm`), have mode 0600 whatever
    /// the umask; from old ones the permissions of group and others are taken away. Nothing is
    /// written into a file that is not one of this program's databases.
    ///
    /// Blocks for the time that the disk takes, and for two seconds at most where another process
    /// holds the file.
    public static func open(
        at path: String, mode: Mode = .readWrite
    ) throws(StoreFailure) -> ChatStore {
        try open(at: path, mode: mode, busyTimeout: 2)
    }

    /// - Parameter busyTimeout: How long to wait, in seconds, for another process that writes.
    static func open(
        at path: String, mode: Mode, busyTimeout: Double
    ) throws(StoreFailure) -> ChatStore {
        switch mode {
        case .readWrite: try DatabaseFile.prepare(path)
        case .readOnly: try DatabaseFile.requirePresence(path)
        }
        do {
            let configuration = Connection.configuration(mode, busyTimeout: busyTimeout)
            let connection = try DatabaseQueue(path: path, configuration: configuration)
            try Schema.bringUpToDate(connection, at: path, mode: mode)
            return ChatStore(connection, path: path, mode: mode)
        } catch {
            throw StoreFailure(error, at: path)
        }
    }

    /// An empty database that is gone with the value: for tests.
    public static func inMemory() throws(StoreFailure) -> ChatStore {
        do {
            let configuration = Connection.configuration(.readWrite, busyTimeout: 0)
            let connection = try DatabaseQueue(configuration: configuration)
            try Schema.bringUpToDate(connection, at: nil, mode: .readWrite)
            return ChatStore(connection, path: nil, mode: .readWrite)
        } catch {
            throw StoreFailure(error, at: nil)
        }
    }

    /// Waits for what has been asked for, and closes the file; SQLite's files beside it go away
    /// where no other process uses it. Later calls fail. Without it the same happens when the
    /// last reference goes.
    public func close() async throws(StoreFailure) {
        // Closing waits for the calls under way and writes the log back into the file: not on the
        // caller's executor.
        let failure: (any Error)? = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [connection] in
                do {
                    try connection.close()
                    continuation.resume(returning: nil)
                } catch {
                    continuation.resume(returning: error)
                }
            }
        }
        if let failure { throw StoreFailure(failure, at: path) }
    }

    /// Looks through the whole file; throws the code `damaged` with the first thing found wrong.
    public func integrityCheck() async throws(StoreFailure) {
        let fault = try await read { database -> String? in
            let found = try String.fetchOne(database, sql: "PRAGMA integrity_check(1)")
            if let found, found != "ok" { return found }
            let orphan = try Row.fetchOne(database, sql: "PRAGMA foreign_key_check")
            return orphan.map { "an orphan in \($0["table"] as String? ?? "a table")" }
        }
        if let fault { throw .damaged(at: path, because: fault) }
    }

    /// Runs one transaction. The change is on disk when this returns.
    ///
    /// - Parameter isOneOfMany: There will be more like it, and room is made for them afterwards.
    func write<Value: Sendable>(
        isOneOfMany: Bool = false,
        _ change: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreFailure) -> Value {
        // Not GRDB's own async functions: those give a change up when the caller is cancelled,
        // and the caller then can't know whether it took place.
        try await withCheckedContinuation { continuation in
            write(isOneOfMany: isOneOfMany, change) { continuation.resume(returning: $0) }
        }.get()
    }

    /// The same without a task.
    ///
    /// - Parameter completion: Called on SQLite's thread, which it keeps from the next change.
    func write<Value: Sendable>(
        isOneOfMany: Bool = false,
        _ change: @escaping @Sendable (Database) throws -> Value,
        completion: @escaping @Sendable (Result<Value, StoreFailure>) -> Void
    ) {
        connection.asyncWrite(change) { [path, logRoom] database, result in
            completion(result.mapError { StoreFailure($0, at: path) })
            if isOneOfMany, case .success = result { logRoom?.make(database) }
        }
    }

    /// Reads one consistent state.
    func read<Value: Sendable>(
        _ query: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreFailure) -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            // Not `asyncRead`, which stops the program (an assertion) after `close`.
            connection.asyncWriteWithoutTransaction { database in
                continuation.resume(returning: Result { try Self.reading(database, query) })
            }
        }
        do { return try result.get() } catch { throw StoreFailure(error, at: path) }
    }

    /// Writes the log back into the file and cuts it to nothing, unless another process is reading
    /// from it: then the last one to close the database does so.
    func emptyLog() async throws(StoreFailure) {
        let result: Result<Void, any Error> = await withCheckedContinuation { continuation in
            connection.asyncWriteWithoutTransaction { database in
                continuation.resume(
                    returning: Result {
                        // The pragma says in its row whether somebody was in the way. GRDB's
                        // function would hand SQLite a null pointer after `close`.
                        _ = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                    })
            }
        }
        do { try result.get() } catch { throw StoreFailure(error, at: path) }
    }

    private static func reading<Value>(
        _ database: Database, _ query: (Database) throws -> Value
    ) throws -> Value {
        // A deferred transaction takes no lock that another process would wait for.
        try database.execute(sql: "BEGIN DEFERRED")
        defer { try? database.execute(sql: "ROLLBACK") }
        return try query(database)
    }
}
