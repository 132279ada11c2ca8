public import ChatCore
public import ChatIdentity
import GRDB

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The key of the messages, which the identity's private key opens.
extension ChatStore {
    /// Opens the messages, and makes their key where there is none yet.
    ///
    /// Throws the code `wrongKey` where they were sealed for other key pairs alone, `damaged`
    /// where the wrapped key was changed or is gone.
    public func unlock(with owner: PrivateKey) async throws(StoreFailure) -> MessageHistory {
        if let key = try await read({ try HistoryKey.find(in: $0, for: owner, path: self.path) }) {
            return MessageHistory(self, key: key)
        }
        if mode == .readOnly {
            throw StoreFailure(
                .unreadable,
                "There are no messages in \(shown(path)) yet: start p2pchat once.")
        }
        let key = try await write { database in
            // Another process may have been faster.
            if let key = try HistoryKey.find(in: database, for: owner, path: self.path) {
                return key
            }
            let key = try HistoryKey.sealing { () throws(SealingError) in try SealingKey.random() }
            try HistoryKey.save(key, for: owner, in: database)
            return key
        }
        return MessageHistory(self, key: key)
    }

    /// Whether there is something for ``unlock(with:)`` to open. To know that needs no key.
    public func hasHistory() async throws(StoreFailure) -> Bool {
        try await read { database in
            try Bool.fetchOne(
                database,
                sql: """
                    SELECT EXISTS (SELECT * FROM historyKey) OR EXISTS (SELECT * FROM message)
                    """) ?? false
        }
    }

    /// Lets a new key pair read what the old one can; the old one can still. Changing a passphrase
    /// needs nothing of the kind.
    ///
    /// Do this before the new pair takes the old one's place, and ``removeKeys(except:)`` after, so
    /// that whichever pair a crash leaves in place reads the messages. Where there are no messages
    /// yet their key is made.
    public func rewrap(old: PrivateKey, new: PrivateKey) async throws(StoreFailure) {
        let key = try await unlock(with: old).key
        try await write { try HistoryKey.save(key, for: new, in: $0) }
    }

    /// Takes the messages from all key pairs but this one.
    ///
    /// Throws the code `wrongKey`, and changes nothing, where this pair can't read them itself.
    public func removeKeys(except owner: PrivateKey) async throws(StoreFailure) {
        try await write { database in
            guard try HistoryKey.find(in: database, for: owner, path: self.path) != nil else {
                return
            }
            try database.execute(
                sql: "DELETE FROM historyKey WHERE publicKey <> ?",
                arguments: [try HistoryKey.name(of: owner)])
        }
        try await emptyLog()
    }
}

private enum HistoryKey {
    /// Nil where nothing was ever sealed.
    static func find(
        in database: Database, for owner: PrivateKey, path: String?
    ) throws -> SealingKey? {
        let wrapped = try Data.fetchOne(
            database, sql: "SELECT wrapped FROM historyKey WHERE publicKey = ?",
            arguments: [try name(of: owner)])
        guard let wrapped else {
            let isEmpty = try Bool.fetchOne(
                database, sql: "SELECT NOT EXISTS (SELECT * FROM historyKey)")
            guard isEmpty == true else { throw StoreFailure.wrongKey(at: path) }
            let hasMessages = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT * FROM message)")
            // A new key would hide that the old one is gone.
            if hasMessages == true { throw StoreFailure.keyDamaged(at: path) }
            return nil
        }
        do {
            return try WrappedKey(bytes: wrapped).unwrapped(by: owner)
        } catch SealingError.library(let reason) {
            throw StoreFailure(.unreadable, SealingError.library(reason).description)
        } catch SealingError.unknownVersion {
            throw StoreFailure.newer(at: path)
        } catch {
            throw StoreFailure.keyDamaged(at: path)
        }
    }

    static func save(_ key: SealingKey, for owner: PrivateKey, in database: Database) throws {
        let wrapped = try sealing { () throws(SealingError) in try WrappedKey(key, for: owner) }
        try database.execute(
            sql: "INSERT OR REPLACE INTO historyKey (publicKey, wrapped) VALUES (?, ?)",
            arguments: [try name(of: owner), Data(wrapped.bytes)])
    }

    static func name(of owner: PrivateKey) throws -> Data {
        Data(try sealing { () throws(SealingError) in try owner.publicKeyDigest() })
    }

    static func sealing<Value>(
        _ body: () throws(SealingError) -> Value
    ) throws(StoreFailure) -> Value {
        do { return try body() } catch { throw StoreFailure(.unreadable, error.description) }
    }
}

extension StoreFailure {
    static func wrongKey(at path: String?) -> StoreFailure {
        StoreFailure(
            .wrongKey,
            "The messages in the database \(shown(path)) were sealed for another key pair: put "
                + "that pair back in its place (p2pchat-keygen keeps it beside a new one), "
                + "or choose another folder with --home.")
    }

    static func keyDamaged(at path: String?) -> StoreFailure {
        StoreFailure(
            .damaged,
            "The key to the messages in the database \(shown(path)) is damaged or gone: put the "
                + "database back from a copy, or move it, and the files beside it that end in "
                + "-wal and -shm, to another place and start again.")
    }
}
