public import ChatIdentity
import ChatStore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Puts a new key pair into a home that has messages, so that the new one reads them, or, where the
/// old one can't be opened, so that they are kept aside.
///
/// Whenever it is interrupted, the home holds a pair that opens its database.
public final class KeyReplacement {
    private let folder: UserFolder
    private let homeLock: HomeLock?
    private let archivingLock: FileLock?
    private let store: ChatStore?
    /// How many messages only the present pair can read.
    public let messageCount: Int

    /// Throws ``IdentityError/Code/inUse`` where a p2pchat is running, or a `StoreFailure`.
    public init(in folder: UserFolder) async throws {
        self.folder = folder
        guard access(folder.databasePath, F_OK) == 0 || ![ENOENT, ENOTDIR].contains(errno) else {
            (homeLock, archivingLock, store, messageCount) = (nil, nil, nil, 0)
            return
        }
        homeLock = try HomeLock(folder)
        archivingLock = try folder.lockForArchiving()
        let store = try ChatStore.open(at: folder.databasePath)
        self.store = store
        messageCount = try await store.messageCount()
    }

    /// The messages become the new pair's. In this order: the new pair may read; it takes the old
    /// one's place; the old one may not read any more. Returns the paths of the old pair.
    public func replace(
        _ old: Identity, with new: Identity, passphrase: Passphrase?
    ) async throws -> [String] {
        try await store?.rewrap(old: old.privateKey, new: new.privateKey)
        let kept = try folder.save(new, passphrase: passphrase, replacing: true)
        try await store?.removeKeys(except: new.privateKey)
        try await store?.close()
        return kept
    }

    /// The messages stay with the old pair, in a database of their own; contacts come along. In
    /// this order: a copy of the database is kept; its messages are removed; the new pair takes the
    /// old one's place. Returns the paths of what was kept.
    public func replaceLeavingMessages(
        with new: Identity, passphrase: Passphrase?, replacing: Bool
    ) async throws -> [String] {
        var kept: [String] = []
        if messageCount > 0 { kept.append(try keepDatabase()) }
        try await store?.dropMessages()
        let pair = try folder.save(new, passphrase: passphrase, replacing: replacing)
        try await store?.close()
        return pair + kept
    }

    /// A copy beside the database, on the disk when this returns.
    private func keepDatabase() throws -> String {
        let home = try folder.open()
        var number = 1
        while try home.exists("\(BackupFormat.databaseName).\(number)") { number += 1 }
        let name = "\(BackupFormat.databaseName).\(number)"
        let descriptor = try DatabaseSnapshot.write(of: folder, in: home)
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw IdentityError.creating(home.path(of: name), errno: errno)
        }
        try home.renameWithoutReplacing(DatabaseSnapshot.name, to: name)
        try home.synchronize()
        return home.path(of: name)
    }
}
