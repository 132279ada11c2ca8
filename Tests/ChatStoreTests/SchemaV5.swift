/// The schema as migration v5 left it when it was released. It never changes.
let schemaV5 = """
    application_id 1882353763
    user_version 5
    CREATE INDEX forgottenByPosition ON forgotten (conversation, position)
    CREATE INDEX messageByConversation
        ON message (conversation, position, direction, storedAt)
    CREATE INDEX messageQueued ON message (conversation, position) WHERE state = 0
    CREATE INDEX requestByLastSeen ON request (lastSeen, fingerprint)
    CREATE TABLE contact (
        fingerprint BLOB NOT NULL PRIMARY KEY CHECK (length(fingerprint) = 32),
        name TEXT NOT NULL COLLATE NOCASE UNIQUE
            CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 1024),
        trust TEXT NOT NULL CHECK (trust IN ('trusted', 'verified')),
        certificateName TEXT CHECK (length(CAST(certificateName AS BLOB)) <= 1024),
        addedAt REAL NOT NULL
    ) STRICT, WITHOUT ROWID
    CREATE TABLE contactAddress (
        contact BLOB NOT NULL REFERENCES contact (fingerprint) ON DELETE CASCADE,
        position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 7),
        host TEXT NOT NULL CHECK (length(CAST(host AS BLOB)) BETWEEN 1 AND 255),
        port INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535), origin TEXT NOT NULL DEFAULT 'session'
        CHECK (origin IN ('manual', 'session', 'beacon', 'nearby', 'dht')), workedAt REAL,
        PRIMARY KEY (contact, position),
        UNIQUE (contact, host, port)
    ) STRICT, WITHOUT ROWID
    CREATE TABLE conversation (
        number INTEGER NOT NULL PRIMARY KEY,
        contact BLOB NOT NULL UNIQUE CHECK (length(contact) = 32),
        lastRead INTEGER NOT NULL DEFAULT 0 CHECK (lastRead >= 0),
        retention REAL CHECK (retention > 0)
    ) STRICT
    CREATE TABLE forgotten (
        conversation INTEGER NOT NULL REFERENCES conversation (number),
        id BLOB NOT NULL CHECK (length(id) = 16),
        position INTEGER NOT NULL,
        PRIMARY KEY (conversation, id)
    ) STRICT, WITHOUT ROWID
    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)
    CREATE TABLE historyKey (
        publicKey BLOB NOT NULL PRIMARY KEY CHECK (length(publicKey) = 32),
        wrapped BLOB NOT NULL CHECK (length(wrapped) = 94)
    ) STRICT, WITHOUT ROWID
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
    ) STRICT
    CREATE TABLE preference (
        name TEXT NOT NULL PRIMARY KEY
            CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 128),
        value TEXT NOT NULL CHECK (length(CAST(value AS BLOB)) <= 4096)
    ) STRICT, WITHOUT ROWID
    CREATE TABLE rendezvous (
        contact BLOB NOT NULL PRIMARY KEY
            REFERENCES contact (fingerprint) ON DELETE CASCADE,
        sealed BLOB NOT NULL CHECK (length(sealed) = 61)
    ) STRICT, WITHOUT ROWID
    CREATE TABLE request (
        fingerprint BLOB NOT NULL PRIMARY KEY CHECK (length(fingerprint) = 32),
        name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) <= 1024),
        host TEXT NOT NULL CHECK (length(CAST(host AS BLOB)) BETWEEN 1 AND 255),
        port INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
        direction TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound')),
        isRejected INTEGER NOT NULL CHECK (isRejected IN (0, 1)),
        firstSeen REAL NOT NULL,
        lastSeen REAL NOT NULL
    ) STRICT, WITHOUT ROWID
    CREATE TABLE sqlite_sequence(name,seq)
    CREATE TRIGGER requestLimit AFTER INSERT ON request
    WHEN (SELECT count(*) FROM request) > 256
    BEGIN
        DELETE FROM request WHERE fingerprint IN (
            SELECT fingerprint FROM request WHERE fingerprint <> NEW.fingerprint
            ORDER BY lastSeen, fingerprint
            LIMIT (SELECT count(*) - 256 FROM request)
        );
    END
    """
