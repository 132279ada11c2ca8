import GRDB

extension Migrations {
    /// The user's settings, by name: those of the node, and of front ends.
    static func v3(_ database: Database) throws {
        try database.execute(
            sql: """
                PRAGMA user_version = 3;

                CREATE TABLE preference (
                    name TEXT NOT NULL PRIMARY KEY
                        CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 128),
                    value TEXT NOT NULL CHECK (length(CAST(value AS BLOB)) <= 4096)
                ) STRICT, WITHOUT ROWID;
                """)
    }
}
