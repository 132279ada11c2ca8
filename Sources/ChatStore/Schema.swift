import ChatCore
import GRDB

/// Which file is ours, and how an earlier version's becomes this one's.
enum Schema {
    /// "p2pc", in the header where `file` and other tools see it (`PRAGMA application_id`).
    static let applicationID = 0x7032_7063

    static func bringUpToDate(
        _ connection: DatabaseQueue, at path: String?, mode: ChatStore.Mode,
        migrator: DatabaseMigrator = Migrations.all
    ) throws {
        // Before anything is written: the file may be somebody else's.
        let isCurrent = try connection.read { database in
            try requireOurs(database, at: path)
            return try migrator.hasCompletedMigrations(database)
        }
        if mode == .readOnly {
            guard isCurrent else {
                throw StoreFailure(
                    .readOnly,
                    "The database \(shown(path)) is an earlier version's and open for reading "
                        + "alone: start p2pchat once, which brings it up to date.")
            }
            return
        }
        try connection.writeWithoutTransaction(Connection.useWriteAheadLog)
        if isCurrent { return }
        var done = try connection.read(migrator.appliedMigrations).count
        while true {
            do {
                return try migrator.migrate(connection)
            } catch {
                // Another process may be at it, one migration ahead of us: go on from where it is.
                let now = try connection.read(migrator.appliedMigrations).count
                guard now > done else { throw error }
                done = now
            }
        }
    }

    static func requireOurs(_ database: Database, at path: String?) throws {
        let id = try Int.fetchOne(database, sql: "PRAGMA application_id")
        if id != applicationID {
            // A file without a single table is a new one, or one that a crash left empty. One
            // with only the migrator's table was left by a crash a moment later.
            let other = try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT * FROM sqlite_master WHERE tbl_name <> ?)",
                arguments: ["grdb_migrations"])
            guard id == 0, other == false else { throw StoreFailure.foreign(at: path) }
        }
        if try Migrations.all.hasBeenSuperseded(database) { throw StoreFailure.newer(at: path) }
    }
}
