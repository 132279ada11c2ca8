import ChatCore
import GRDB
import Testing

@testable import ChatStore

@Suite("The schema of each version stays as it was released")
struct SchemaTests {
    /// The schema as each migration leaves it. A line here never changes once released: a
    /// difference means that a migration was edited, and databases in the field have the old one.
    static let released: [(migration: String, schema: String)] = [
        ("v1", schemaV1), ("v2", schemaV2), ("v3", schemaV3), ("v4", schemaV4),
        ("v5", schemaV5),
    ]

    @Test("every migration has a committed copy of its schema")
    func everyMigration() {
        #expect(Migrations.all.migrations == Self.released.map(\.migration))
    }

    @Test("the schema is the committed one", arguments: released.indices)
    func schema(index: Int) throws {
        let connection = try DatabaseQueue()
        try Migrations.all.migrate(connection, upTo: Self.released[index].migration)
        let dump = try connection.read { database in
            let id = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            let statements = try String.fetchAll(
                database,
                sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name")
            return (["application_id \(id)", "user_version \(version)"] + statements)
                .joined(separator: "\n")
        }
        #expect(dump == Self.released[index].schema)
        #expect(dump.hasPrefix("application_id \(Schema.applicationID)\n"))
    }

    @Test("connections are set up for safety before speed")
    func settings() async throws {
        let folder = try TemporaryFolder()
        let store = try ChatStore.open(at: folder.database)
        let settings = try await store.read { database in
            try ["journal_mode", "synchronous", "secure_delete", "foreign_keys", "trusted_schema"]
                .map { try String.fetchOne(database, sql: "PRAGMA \($0)") ?? "" }
        }
        #expect(settings == ["wal", "2", "1", "1", "0"])
    }
}
