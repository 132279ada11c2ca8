public import ChatCore
import GRDB

extension ChatStore: PreferenceStore {
    public func preferences() async throws(StoreFailure) -> [String: String] {
        try await read { database in
            var values: [String: String] = [:]
            let rows = try Row.fetchCursor(database, sql: "SELECT name, value FROM preference")
            while let row = try rows.next() {
                values[try Stored.text("name", of: row)] = try Stored.text("value", of: row)
            }
            return values
        }
    }

    public func setPreferences(_ values: [String: String]) async throws(StoreFailure) {
        try await write { database in
            for (name, value) in values {
                try database.execute(
                    sql: """
                        INSERT INTO preference (name, value)
                        VALUES (CAST(? AS TEXT), CAST(? AS TEXT))
                        ON CONFLICT (name) DO UPDATE SET value = excluded.value
                        """,
                    arguments: [Stored.text(name), Stored.text(value)])
            }
        }
    }
}
