#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// How the key and the certificate in a folder change together, so that at no moment, however the
/// process or the machine ends, the folder holds half a pair.
///
/// The new pair is written aside, key first; moving the key to its place is what makes it count;
/// the certificate follows. So what an interrupted change has left says how far it came: a new
/// certificate without a new key (or with one that already stands in its place) is to be moved as
/// well, and anything else is to be removed. Whoever comes next does that, under a lock that
/// every reader and writer takes.
struct IdentityChange {
    static let newKeyName = ".key.pem.new"
    static let newCertificateName = ".certificate.pem.new"
    private static let lockName = ".identity.lock"
    // 20 ms apart, so 10 s: others hold the lock for as long as it takes to write two files, or to
    // open and encrypt a key.
    private static let lockAttempts = 500
    private static let lockPause: UInt32 = 20_000

    let folder: OpenFolder

    /// Runs `body` under the lock, after an interrupted change has been settled. A folder on a
    /// read-only disk can be read without: nobody can be changing it.
    static func locked<R>(
        _ folder: OpenFolder, toRead: Bool, _ body: () throws(IdentityError) -> R
    ) throws(IdentityError) -> R {
        let lock: FileLock?
        do throws(IdentityError) {
            lock = try waitForLock(folder)
        } catch {
            guard toRead, error.code == .cannotCreate else { throw error }
            return try body()
        }
        defer { withExtendedLifetime(lock) {} }
        try IdentityChange(folder: folder).settle()
        return try body()
    }

    private static func waitForLock(_ folder: OpenFolder) throws(IdentityError) -> FileLock {
        for _ in 0..<lockAttempts {
            if let lock = try FileLock(in: folder, name: lockName) { return lock }
            usleep(lockPause)
        }
        throw IdentityError(
            .inUse,
            "Another process is changing the key in \(folder.path); wait for it, or end it.")
    }

    /// Puts a new pair in place. Throws ``IdentityError/Code/exists`` where there is one, unless
    /// `replacing`, which keeps the old pair under other names and returns their paths.
    func install(
        key: SecretBytes, certificate: String, replacing: Bool
    ) throws(IdentityError) -> [String] {
        for name in [UserFolder.keyName, UserFolder.certificateName] where !replacing {
            guard try !folder.exists(name) else {
                throw IdentityError(
                    .exists,
                    "\(folder.path(of: name)) exists already; keep it, "
                        + "or replace it with --force, which keeps the old one beside the new.")
            }
        }
        do throws(IdentityError) {
            try folder.write(key, to: Self.newKeyName, mode: 0o600)
            try folder.write(
                SecretBytes(copying: certificate.utf8), to: Self.newCertificateName, mode: 0o644)
            let kept = replacing ? try keepOldPair() : []
            try folder.synchronize()
            if replacing {
                try folder.rename(Self.newKeyName, to: UserFolder.keyName)
            } else {
                try folder.renameWithoutReplacing(Self.newKeyName, to: UserFolder.keyName)
            }
            try settle()
            return kept
        } catch {
            // Removes the new pair, or, where the key has reached its place, goes on with it.
            try? settle()
            throw error
        }
    }

    /// Puts another form of the same key in place.
    func replaceKey(with key: SecretBytes) throws(IdentityError) {
        do throws(IdentityError) {
            try folder.write(key, to: Self.newKeyName, mode: 0o600)
            try folder.rename(Self.newKeyName, to: UserFolder.keyName)
            try folder.synchronize()
        } catch {
            try? settle()
            throw error
        }
    }

    /// Finishes or undoes a change that was interrupted.
    private func settle() throws(IdentityError) {
        var newKey = try folder.identifier(of: Self.newKeyName)
        let hasNewCertificate = try folder.exists(Self.newCertificateName)
        guard newKey != nil || hasNewCertificate else { return }
        if let key = newKey, try folder.identifier(of: UserFolder.keyName) == key {
            try folder.remove(Self.newKeyName)
            newKey = nil
        }
        if newKey == nil, hasNewCertificate {
            try folder.synchronize()
            try folder.rename(Self.newCertificateName, to: UserFolder.certificateName)
        } else {
            // The certificate first: alone it would mean that the key has been moved.
            try folder.remove(Self.newCertificateName)
            try folder.synchronize()
            try folder.remove(Self.newKeyName)
        }
        try folder.synchronize()
    }

    /// Gives the old pair the first number that neither of its files has yet.
    private func keepOldPair() throws(IdentityError) -> [String] {
        let names = [UserFolder.keyName, UserFolder.certificateName]
        var number = 1
        while try isTaken(number, of: names) { number += 1 }
        var kept: [String] = []
        for name in names {
            guard try folder.exists(name) else { continue }
            let other = "\(name).\(number)"
            if try !folder.link(name, as: other) {
                let old = try folder.read(
                    name, limit: Certificate.maximumFileByteCount, isPrivate: false)
                try folder.write(old, to: other, mode: 0o600)
            }
            kept.append(folder.path(of: other))
        }
        return kept
    }

    private func isTaken(_ number: Int, of names: [String]) throws(IdentityError) -> Bool {
        for name in names {
            if try folder.exists("\(name).\(number)") { return true }
        }
        return false
    }
}
