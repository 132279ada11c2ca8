import GRDB

/// Every step from an empty file to the present schema.
///
/// A migration that has been released never changes, or databases made before and after would
/// differ: add another one. It names no type of the program, whose types go on changing. Tests
/// compare the schema after each with a committed copy.
enum Migrations {
    static let all: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1", foreignKeyChecks: .immediate, migrate: v1)
        migrator.registerMigration("v2", foreignKeyChecks: .immediate, migrate: v2)
        migrator.registerMigration("v3", foreignKeyChecks: .immediate, migrate: v3)
        migrator.registerMigration("v4", foreignKeyChecks: .immediate, migrate: v4)
        migrator.registerMigration("v5", foreignKeyChecks: .immediate, migrate: v5)
        return migrator
    }()

    /// Contacts, where they were reached, and who asks to become one.
    ///
    /// `STRICT` and the checks hold whoever writes, `sqlite3` on the command line included. Texts
    /// are measured in bytes: SQLite's `length` of a text stops at a NUL, which a name in a
    /// hostile certificate may hold.
    private static func v1(_ database: Database) throws {
        try database.execute(
            sql: """
                PRAGMA application_id = 0x70327063;
                PRAGMA user_version = 1;

                CREATE TABLE contact (
                    fingerprint BLOB NOT NULL PRIMARY KEY CHECK (length(fingerprint) = 32),
                    name TEXT NOT NULL COLLATE NOCASE UNIQUE
                        CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 1024),
                    trust TEXT NOT NULL CHECK (trust IN ('trusted', 'verified')),
                    certificateName TEXT CHECK (length(CAST(certificateName AS BLOB)) <= 1024),
                    addedAt REAL NOT NULL
                ) STRICT, WITHOUT ROWID;

                -- The newest at position 0, eight at most.
                CREATE TABLE contactAddress (
                    contact BLOB NOT NULL REFERENCES contact (fingerprint) ON DELETE CASCADE,
                    position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 7),
                    host TEXT NOT NULL CHECK (length(CAST(host AS BLOB)) BETWEEN 1 AND 255),
                    port INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
                    PRIMARY KEY (contact, position),
                    UNIQUE (contact, host, port)
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE request (
                    fingerprint BLOB NOT NULL PRIMARY KEY CHECK (length(fingerprint) = 32),
                    name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) <= 1024),
                    host TEXT NOT NULL CHECK (length(CAST(host AS BLOB)) BETWEEN 1 AND 255),
                    port INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
                    direction TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound')),
                    isRejected INTEGER NOT NULL CHECK (isRejected IN (0, 1)),
                    firstSeen REAL NOT NULL,
                    lastSeen REAL NOT NULL
                ) STRICT, WITHOUT ROWID;

                CREATE INDEX requestByLastSeen ON request (lastSeen, fingerprint);

                -- Strangers can make as many as they like: those seen longest ago give way.
                CREATE TRIGGER requestLimit AFTER INSERT ON request
                WHEN (SELECT count(*) FROM request) > 256
                BEGIN
                    DELETE FROM request WHERE fingerprint IN (
                        SELECT fingerprint FROM request WHERE fingerprint <> NEW.fingerprint
                        ORDER BY lastSeen, fingerprint
                        LIMIT (SELECT count(*) - 256 FROM request)
                    );
                END;
                """)
    }
}
