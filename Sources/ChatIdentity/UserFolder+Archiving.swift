#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// What a backup takes of the identity.
extension UserFolder {
    /// The key, the certificate and the older pairs kept beside them, as they are: a key that has a
    /// passphrase stays encrypted with it. By name, and none of them half a change.
    ///
    /// Throws where the pair is no pair, as far as can be told without the key's passphrase.
    package func identityFiles() throws(IdentityError) -> [(name: String, content: SecretBytes)] {
        do throws(IdentityError) {
            _ = try load(passphrase: nil)
        } catch {
            guard error.code == .passphraseNeeded else { throw error }
        }
        let folder = try open()
        return try IdentityChange.locked(folder, toRead: true) { () throws(IdentityError) in
            var files: [(name: String, content: SecretBytes)] = []
            for name in try folder.names().sorted() where Self.isIdentityFile(name) {
                let limit =
                    Self.isCertificateFile(name)
                    ? Certificate.maximumFileByteCount : PrivateKey.maximumPEMByteCount
                files.append(
                    (name, try folder.read(name, limit: limit, isPrivate: name == Self.keyName)))
            }
            return files
        }
    }

    /// `key.pem`, `certificate.pem`, and either with a dot and a number after it.
    package static func isIdentityFile(_ name: String) -> Bool {
        isNumbered(name, of: keyName) || isCertificateFile(name)
    }

    package static func isCertificateFile(_ name: String) -> Bool {
        isNumbered(name, of: certificateName)
    }

    /// The name itself, or with a dot and a number of one to nine digits after it.
    package static func isNumbered(_ name: String, of base: String) -> Bool {
        guard name.hasPrefix(base) else { return false }
        let rest = name.utf8.dropFirst(base.utf8.count)
        if rest.isEmpty { return true }
        let digits = rest.dropFirst()
        return rest.first == UInt8(ascii: ".") && (1...9).contains(digits.count)
            && digits.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Keeps backups, and changes of the pair that the history has to follow, from overlapping.
    /// Throws ``IdentityError/Code/inUse`` where one is under way.
    package func lockForArchiving() throws(IdentityError) -> FileLock {
        guard let lock = try FileLock(in: open(), name: ".backup.lock") else {
            throw IdentityError(
                .inUse,
                "Another process is making a backup of \(path) or changing its key; "
                    + "wait for it, or end it.")
        }
        return lock
    }
}

extension OpenFolder {
    /// The names of all that is in the folder, in no order.
    package func names() throws(IdentityError) -> [String] {
        let descriptor = openFile(".", O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw .reading(path, errno: errno) }
        guard let stream = fdopendir(descriptor) else {
            let number = errno
            close(descriptor)
            throw .reading(path, errno: number)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let text = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(validatingCString: $0) }
            }
            if let text, text != ".", text != ".." { names.append(text) }
        }
        return names
    }
}
