import ChatCore
public import ChatIdentity
import ChatStore
import ChatValues

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a backup holds, in a folder beside the one that it belongs into. It is removed with this
/// object unless it has been put in place; what a crash leaves, the next one removes.
public final class UnpackedHome {
    private static let folderName = ".restore"

    public private(set) var destination: UserFolder?
    /// The backup's path, for errors.
    private let source: String
    private let home: IdentityHome
    private let isReplacing: Bool
    private let root: OpenFolder
    private let lock: FileLock
    /// Keeps every p2pchat out of the folder that is to be replaced.
    private var homeLock: HomeLock?
    let folder: OpenFolder
    private var isInstalled = false

    init(
        from source: String, in home: IdentityHome, replacing: Bool
    ) throws(IdentityError) {
        self.source = source
        self.home = home
        isReplacing = replacing
        try PrivateFolders.make(home.path)
        root = try OpenFolder(path: home.path, followingLinks: true)
        guard let lock = try FileLock(in: root, name: ".restore.lock") else {
            throw IdentityError(
                .inUse, "Another process is restoring into \(home.path); wait for it, or end it.")
        }
        self.lock = lock
        let path = root.path(of: Self.folderName)
        if try root.exists(Self.folderName) { try Self.remove(path) }
        guard mkdir(path, 0o700) == 0 else { throw .creating(path, errno: errno) }
        do throws(IdentityError) {
            folder = try OpenFolder(path: path, followingLinks: false)
        } catch {
            rmdir(path)
            throw error
        }
    }

    deinit { if !isInstalled { try? Self.remove(folder.path) } }

    /// Removes the folder and the files in it.
    private static func remove(_ path: String) throws(IdentityError) {
        let folder = try OpenFolder(path: path, followingLinks: false)
        for name in try folder.names() { try folder.remove(name) }
        guard rmdir(path) == 0 else { throw .creating(path, errno: errno) }
    }

    /// Says no before gigabytes are unpacked for a folder that is taken.
    func meet(_ name: UserName) throws(IdentityError) {
        let folder = home.user(name)
        if try root.exists(name.text) {
            guard isReplacing else { throw taken(folder) }
            homeLock = try HomeLock(folder)
        }
        destination = folder
    }

    private func taken(_ folder: UserFolder) -> IdentityError {
        IdentityError(
            .exists,
            "\(folder.path) exists already; restore into another home with --home, or replace it "
                + "with --force, which keeps the old folder beside the new.")
    }

    /// Sees that the key and the certificate are a pair, that the database is sound, and that the
    /// key opens the messages. Throws ``IdentityError/Code/passphraseNeeded`` where the key has a
    /// passphrase and none was given, other `IdentityError`s, or a `StoreFailure`.
    @discardableResult
    public func check(keyPassphrase: Passphrase?) async throws -> Identity {
        guard let destination else {
            throw IdentityError(.badBackup, "The backup holds no user; use another copy of it.")
        }
        let unpacked = UserFolder(path: folder.path, userName: destination.userName)
        let identity: Identity
        do throws(IdentityError) {
            identity = try unpacked.load(passphrase: keyPassphrase)
        } catch {
            throw ofBackup(error)
        }
        do {
            try await checkDatabase(of: unpacked, identity)
        } catch let failure as StoreFailure {
            throw ofBackup(failure)
        }
        return identity
    }

    private func checkDatabase(of unpacked: UserFolder, _ identity: Identity) async throws {
        guard try folder.exists(BackupFormat.databaseName) else { return }
        let store = try ChatStore.open(at: unpacked.databasePath)
        try await store.integrityCheck()
        _ = try await store.unlock(with: identity.privateKey)
        try await store.close()
    }

    /// What is wrong is the backup, not the folder that is gone in a moment.
    private func ofBackup(_ error: IdentityError) -> IdentityError {
        switch error.code {
        case .passphraseNeeded: error
        case .wrongPassphrase:
            IdentityError(
                error.code,
                "The passphrase does not open the key in \(source); it is the key's own, not the "
                    + "backup's: check it and try again.")
        case .notAPrivateKey, .notACertificate, .keyMismatch, .unsupportedKeyType, .badName,
            .unexpectedFile:
            .badBackup(source, "holds a key and a certificate that can't be used together")
        default: error
        }
    }

    private func ofBackup(_ failure: StoreFailure) -> any Error {
        switch failure.code {
        case .damaged: IdentityError.badBackup(source, "holds a database that is damaged")
        case .wrongKey:
            IdentityError.badBackup(source, "holds messages that its key does not open")
        case .newer: IdentityError.newerBackup(source)
        default: failure
        }
    }

    /// Puts the folder in place, in one step where there is none. Call ``check(keyPassphrase:)`` first. Returns where
    /// the folder is now that was there before; nil where there was none.
    public func install() throws(IdentityError) -> String? {
        guard let destination else { return nil }
        try folder.synchronize()
        let name = destination.userName.text
        var former: String?
        let isTaken = try root.exists(name)
        if isReplacing, isTaken {
            // Somebody may have made the folder meanwhile.
            if homeLock == nil { homeLock = try HomeLock(destination) }
            former = try replace(name)
        } else if rename(folder.path, destination.path) != 0 {
            let number = errno
            throw number == EEXIST || number == ENOTEMPTY || number == ENOTDIR
                ? taken(destination) : .creating(destination.path, errno: number)
        }
        isInstalled = true
        try root.synchronize()
        return former.map(root.path(of:))
    }

    /// A tilde is in no user's name, so the old folder is nobody's.
    private func replace(_ name: String) throws(IdentityError) -> String {
        var number = 1
        while try root.exists("\(name)~\(number)") { number += 1 }
        let former = "\(name)~\(number)"
        // Two steps. What a crash between them leaves is the old folder under its new name, and
        // the backup that the new one came from.
        try root.rename(name, to: former)
        do throws(IdentityError) {
            try root.rename(Self.folderName, to: name)
        } catch {
            try? root.rename(former, to: name)
            throw error
        }
        return former
    }
}
