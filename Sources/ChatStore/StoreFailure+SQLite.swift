import ChatCore
import ChatValues
import GRDB

/// A path as it stands in a sentence.
func shown(_ path: String?) -> String {
    path.map { "\"\(SafeText.singleLine($0))\"" } ?? "in memory"
}

/// The one place where SQLite's errors become sentences.
extension StoreFailure {
    /// - Parameter path: The database; nil in memory.
    init(_ error: any Error, at path: String?) {
        switch error {
        case let failure as StoreFailure: self = failure
        case let error as DatabaseError: self = .sqlite(error, at: path)
        case let error as UnknownValue: self = .damaged(at: path, because: "\(error)")
        default:
            // GRDB's errors of decoding: the schema holds, the values don't. What they say of
            // themselves has values in it.
            self = .damaged(at: path, because: "\(type(of: error))")
        }
    }

    static func damaged(at path: String?, because reason: String) -> StoreFailure {
        StoreFailure(
            .damaged,
            "The database \(shown(path)) is damaged (\(SafeText.singleLine(reason, limit: 200))): "
                + "quit p2pchat, move it and the files beside it that end in -wal and -shm to "
                + "another place, and start again; contacts then have to be imported anew, and "
                + "what was said stays in the moved file.")
    }

    static func foreign(at path: String?) -> StoreFailure {
        StoreFailure(
            .damaged,
            "The file \(shown(path)) is another program's database: move it aside, "
                + "or choose another folder with --home.")
    }

    static func newer(at path: String?) -> StoreFailure {
        StoreFailure(
            .newer,
            "The database \(shown(path)) was written by a later version of p2pchat: "
                + "install that version or a later one.")
    }

    static func full(at path: String?) -> StoreFailure {
        StoreFailure(
            .full,
            "The disk or your share of it is full, and the database \(shown(path)) can't grow: "
                + "make room and try again.")
    }

    private static func sqlite(_ error: DatabaseError, at path: String?) -> StoreFailure {
        // Only what SQLite says: never the values of a statement.
        let reason = SafeText.singleLine(error.message ?? "\(error.resultCode)", limit: 200)
        let file = shown(path)
        if error.extendedResultCode == .SQLITE_IOERR_SHMSIZE { return full(at: path) }
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
            return damaged(at: path, because: reason)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            return StoreFailure(
                .locked,
                "Another program is using the database \(file): end it, or wait for it, "
                    + "and try again.")
        case .SQLITE_FULL: return full(at: path)
        case .SQLITE_READONLY:
            return StoreFailure(
                .readOnly,
                "The database \(file) can't be written (\(reason)): make it and its folder "
                    + "writable, or close what opened it for reading.")
        case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH:
            return StoreFailure(
                .conflict,
                "The change was not saved (\(reason)): two contacts can't share a name, "
                    + "names have 1 to 1,024 bytes, and messages less than 1 MiB.")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            return StoreFailure(
                .unreadable,
                "The database \(file) can't be opened (\(reason)): check that its folder exists "
                    + "and that both are yours and writable.")
        default:
            return StoreFailure(
                .unreadable,
                "The database \(file) failed (\(reason)): check the disk, and try again.")
        }
    }
}
