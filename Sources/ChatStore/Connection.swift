import GRDB

/// How every connection is set up.
enum Connection {
    static func configuration(_ mode: ChatStore.Mode, busyTimeout: Double) -> Configuration {
        var configuration = Configuration()
        configuration.label = "p2pchat.store"
        configuration.readonly = mode == .readOnly
        configuration.busyMode = busyTimeout > 0 ? .timeout(busyTimeout) : .immediateError
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            // What was deleted is overwritten with zeros in the file.
            try database.execute(sql: "PRAGMA secure_delete = ON")
            // Sorting never spills into a folder that others can read.
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
            // Functions named in a file's schema are not run on its word.
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
            // 16 MiB each, eight and four times the usual: other programs' ids may be random, and
            // with a million of them a batch changes pages all over their index.
            try database.execute(sql: "PRAGMA cache_size = -16384")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 4096")
            // On macOS a plain fsync leaves data in the drive's cache.
            try database.execute(sql: "PRAGMA fullfsync = ON")
        }
        return configuration
    }

    /// Write-ahead logging, with an fsync at each commit: a contact that was reported saved is
    /// there after a power cut. (`NORMAL` would sync at checkpoints alone and lose the last
    /// commits, though never the file.) GRDB's own WAL setting chooses `NORMAL` and writes a table
    /// that it does not need, hence not that one.
    static func useWriteAheadLog(_ database: Database) throws {
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        guard mode == "wal" || mode == "memory" else {
            throw DatabaseError(
                resultCode: .SQLITE_IOERR,
                message: "write-ahead logging does not work in this folder, "
                    + "as on some network drives")
        }
        try database.execute(sql: "PRAGMA synchronous = FULL")
    }
}
