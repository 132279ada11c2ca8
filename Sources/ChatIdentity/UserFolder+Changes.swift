#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension UserFolder {
    /// Writes a new identity into the folder, which is made where it is missing and closed to
    /// others where it stands open. Throws ``IdentityError/Code/exists`` where there is a key or a
    /// certificate, unless `replacing`: then the old ones stay in the folder as `key.pem.1` and
    /// `certificate.pem.1`, or the next free number. Returns the paths of those kept.
    ///
    /// All or nothing: however it ends, the folder holds the old pair or the new one.
    @discardableResult
    public func save(
        _ identity: Identity, passphrase: Passphrase?, replacing: Bool = false
    ) throws(IdentityError) -> [String] {
        let key = try identity.privateKey.pem(passphrase: passphrase)
        try PrivateFolders.make(path)
        let folder = try OpenFolder(path: path, followingLinks: false)
        try folder.makePrivate()
        return try IdentityChange.locked(folder, toRead: false) { () throws(IdentityError) in
            try IdentityChange(folder: folder).install(
                key: key, certificate: identity.certificate.pem, replacing: replacing)
        }
    }

    /// Encrypts the key anew, or with nil stores it unencrypted. The file is replaced in one step.
    public func changePassphrase(
        from old: Passphrase?, to new: Passphrase?
    ) throws(IdentityError) {
        let folder = try open()
        try IdentityChange.locked(folder, toRead: false) { () throws(IdentityError) in
            let pem = try folder.read(
                Self.keyName, limit: PrivateKey.maximumPEMByteCount, isPrivate: true)
            let key: PrivateKey
            do throws(IdentityError) {
                key = try PrivateKey(pem: pem, passphrase: old)
            } catch {
                throw error.about(keyPath)
            }
            try IdentityChange(folder: folder).replaceKey(with: key.pem(passphrase: new))
        }
    }
}
