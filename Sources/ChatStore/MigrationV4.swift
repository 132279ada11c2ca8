import GRDB

extension Migrations {
    /// Where addresses come from, and the secrets that contacts share with us.
    ///
    /// Addresses from before were learnt from sessions or given by the user; nobody noted which.
    static func v4(_ database: Database) throws {
        try database.execute(
            sql: """
                PRAGMA user_version = 4;

                ALTER TABLE contactAddress ADD COLUMN origin TEXT NOT NULL DEFAULT 'session'
                    CHECK (origin IN ('manual', 'session', 'beacon', 'nearby', 'dht'));
                ALTER TABLE contactAddress ADD COLUMN workedAt REAL;

                CREATE TABLE rendezvous (
                    contact BLOB NOT NULL PRIMARY KEY
                        REFERENCES contact (fingerprint) ON DELETE CASCADE,
                    sealed BLOB NOT NULL CHECK (length(sealed) = 61)
                ) STRICT, WITHOUT ROWID;
                """)
    }
}
