/// The schema as migration v1 left it when it was released. It never changes.
let schemaV1 = """
    application_id 1882353763
    user_version 1
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
        port INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
        PRIMARY KEY (contact, position),
        UNIQUE (contact, host, port)
    ) STRICT, WITHOUT ROWID
    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)
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
