public import ChatCore
import GRDB

/// What a new key pair has to know of the messages that the old one can read.
extension ChatStore {
    /// How many messages there are, of all conversations.
    public func messageCount() async throws(StoreFailure) -> Int {
        try await read { try Int.fetchOne($0, sql: "SELECT count(*) FROM message") ?? 0 }
    }

    /// Removes all messages and the key that they are sealed with, so that the next owner begins
    /// with none; contacts and settings stay. Ids of what came in are kept as they are for
    /// forgotten messages.
    public func dropMessages() async throws(StoreFailure) {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO forgotten (conversation, id, position)
                    SELECT conversation, id, position FROM (
                        SELECT conversation, id, position, row_number() OVER (
                            PARTITION BY conversation ORDER BY position DESC) AS age
                        FROM message WHERE direction = 0)
                    WHERE age <= ?
                    """, arguments: [MessageHistory.forgottenIDs])
            try database.execute(sql: "DELETE FROM message")
            try database.execute(sql: "DELETE FROM historyKey")
        }
        try await emptyLog()
    }
}
