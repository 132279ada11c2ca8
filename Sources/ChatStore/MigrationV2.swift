import GRDB

extension Migrations {
    /// Messages, and the key that they are sealed with.
    ///
    /// Numbers for what is one of a few, since there may be millions of rows: `direction` 0 is
    /// incoming and 1 outgoing; `state` 0 is queued, 1 sent, 2 delivered, 3 read; `dialect` 0 is
    /// native and 1 the seed's. The columns that pages and counts skip over stand before the
    /// sealed text, which may run over into pages of its own.
    static func v2(_ database: Database) throws {
        try database.execute(
            sql: """
                PRAGMA user_version = 2;

                -- The one key, wrapped for each key pair that may read: more than one only while
                -- a pair is being replaced by another.
                CREATE TABLE historyKey (
                    publicKey BLOB NOT NULL PRIMARY KEY CHECK (length(publicKey) = 32),
                    wrapped BLOB NOT NULL CHECK (length(wrapped) = 94)
                ) STRICT, WITHOUT ROWID;

                -- Not a reference to contact: what was said outlives the contact's entry.
                CREATE TABLE conversation (
                    number INTEGER NOT NULL PRIMARY KEY,
                    contact BLOB NOT NULL UNIQUE CHECK (length(contact) = 32),
                    lastRead INTEGER NOT NULL DEFAULT 0 CHECK (lastRead >= 0),
                    retention REAL CHECK (retention > 0)
                ) STRICT;

                -- A position is never used twice, and ends where one key has sealed enough.
                CREATE TABLE message (
                    position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT
                        CHECK (position BETWEEN 1 AND 4294967296),
                    conversation INTEGER NOT NULL REFERENCES conversation (number),
                    direction INTEGER NOT NULL CHECK (direction IN (0, 1)),
                    id BLOB NOT NULL CHECK (length(id) = 16),
                    state INTEGER CHECK (state BETWEEN 0 AND 3),
                    dialect INTEGER CHECK (dialect IN (0, 1)),
                    timestamp REAL NOT NULL,
                    storedAt REAL NOT NULL,
                    sealed BLOB NOT NULL CHECK (length(sealed) BETWEEN 31 AND 1048576),
                    UNIQUE (conversation, direction, id),
                    CHECK ((direction = 1) = (state IS NOT NULL)),
                    CHECK ((direction = 0) = (dialect IS NOT NULL))
                ) STRICT;

                CREATE INDEX messageByConversation
                    ON message (conversation, position, direction);
                CREATE INDEX messageByTime ON message (conversation, storedAt);
                CREATE INDEX messageQueued ON message (conversation, position) WHERE state = 0;

                -- What came in and was forgotten, so that it is not taken for new when the sender,
                -- who never had our receipt, sends it again.
                CREATE TABLE forgotten (
                    conversation INTEGER NOT NULL REFERENCES conversation (number),
                    id BLOB NOT NULL CHECK (length(id) = 16),
                    position INTEGER NOT NULL,
                    PRIMARY KEY (conversation, id)
                ) STRICT, WITHOUT ROWID;

                CREATE INDEX forgottenByPosition ON forgotten (conversation, position);
                """)
    }
}
