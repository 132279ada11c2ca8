public import ChatCore
import GRDB

extension ChatStore {
    /// Writes one consistent state of the database at `path`, with what is still in its log, to a
    /// new database at `copy`, which may exist if it is empty. Another process may be writing
    /// meanwhile, and does not have to wait.
    ///
    /// The copy has the rows that there are and nothing else: no deleted ones, no free pages. It is
    /// as old as the original is: opening it brings it up to date. Sealed texts stay sealed.
    /// Blocks for as long as the disk takes.
    public static func snapshot(of path: String, to copy: String) throws(StoreFailure) {
        try DatabaseFile.requirePresence(path)
        do {
            let connection = try DatabaseQueue(
                path: path, configuration: Connection.configuration(.readOnly, busyTimeout: 2))
            defer { try? connection.close() }
            try connection.read { try Schema.requireOurs($0, at: path) }
            // Not SQLite's backup interface: that copies free pages as well, and begins anew
            // whenever another process writes. VACUUM runs in no transaction but its own.
            try connection.inDatabase { try $0.execute(sql: "VACUUM INTO ?", arguments: [copy]) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            throw StoreFailure(error, at: copy)
        } catch {
            throw StoreFailure(error, at: path)
        }
    }
}
