import P2PChat

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The user's folder that a command works on.
struct Home: Sendable {
    let folder: UserFolder

    init(_ options: GlobalOptions) throws {
        let home = try IdentityHome.resolve(option: options.home)
        folder = try home.select(options.user.map { name in try UserName(name) })
    }

    /// The key and the certificate. Asks for the passphrase on the terminal where the key needs one
    /// that the options do not give.
    func identity(_ options: GlobalOptions) throws -> Identity {
        var passphrase: Passphrase?
        if let file = options.passphraseFile {
            passphrase = try Passphrase(file: file)
        } else if let descriptor = options.passphraseFd {
            passphrase = try Passphrase(descriptor: descriptor)
        }
        do throws(IdentityError) {
            return try folder.load(passphrase: passphrase)
        } catch {
            guard error.code == .passphraseNeeded, passphrase == nil else { throw error }
        }
        let name = SafeText.singleLine(folder.userName.text)
        return try folder.load(passphrase: try Passphrase.ask("Passphrase of \(name)'s key: "))
    }

    /// The contacts, for reading beside a chat that may be running.
    func contactsForReading() throws -> ChatStore {
        // Before the first start there are none, which is no error.
        guard access(folder.databasePath, F_OK) == 0 || errno != ENOENT else {
            return try ChatStore.inMemory()
        }
        return try ChatStore.open(at: folder.databasePath, mode: .readOnly)
    }

    /// The contact that this names.
    func contact(
        _ reference: String, _ surroundings: Surroundings, log: Logger
    ) async throws -> Contact {
        let node = try await Node.offline(
            userName: folder.userName.text, fingerprint: folder.certificate().fingerprint,
            contacts: contactsForReading(), log: log, now: surroundings.now)
        return try await node.contact(reference)
    }

    /// Contacts and requests, for a change: by ourselves where nobody else has the folder, else by
    /// the program that does.
    func withContacts<Value>(
        _ surroundings: Surroundings, log: Logger, _ body: (any ContactBook) async throws -> Value
    ) async throws -> Value {
        try await withHolder { holder in
            switch holder {
            case .ourselves(let lock):
                defer { withExtendedLifetime(lock) {} }
                return try await change(surroundings, log: log, body)
            case .running(let client):
                return try await body(client)
            }
        }
    }

    private func change<Value>(
        _ surroundings: Surroundings, log: Logger, _ body: (any ContactBook) async throws -> Value
    ) async throws -> Value {
        let certificate = try folder.certificate()
        let store = try ChatStore.open(at: folder.databasePath)
        let node = try await Node.offline(
            userName: folder.userName.text, fingerprint: certificate.fingerprint, contacts: store,
            log: log, now: surroundings.now)
        let value = try await body(node)
        await node.stop()
        try await store.close()
        return value
    }
}
