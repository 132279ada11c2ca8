import P2PChat

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The stored messages of a user, opened for a sub-command.
struct Archive: Sendable {
    let userName: String
    let correspondents: Correspondents
    /// Nil where nothing was ever stored.
    let history: MessageHistory?
    private let store: ChatStore
    private let node: Node

    /// Opens what there is for reading, beside a chat that may be running. The passphrase is asked
    /// for only where there is something to open with it.
    static func forReading(
        _ options: GlobalOptions, _ surroundings: Surroundings
    ) async throws -> Archive {
        let home = try Home(options)
        let store = try home.contactsForReading()
        guard try await store.hasHistory() else {
            return try await Archive(home, store, nil, options, surroundings)
        }
        let identity = try home.identity(options)
        let history = try await store.unlock(with: identity.privateKey)
        return try await Archive(home, store, history, options, surroundings)
    }

    /// Opens it for a change. Nobody else may hold the folder meanwhile.
    ///
    /// - Parameter advice: what to do where a chat is running, as the end of a sentence.
    static func forChange<Value>(
        _ options: GlobalOptions, _ surroundings: Surroundings, whileRunning advice: String,
        _ body: (Archive) async throws -> Value
    ) async throws -> Value {
        let home = try Home(options)
        let lock: HomeLock
        do throws(IdentityError) {
            lock = try HomeLock(home.folder)
        } catch {
            guard error.code == .inUse else { throw error }
            let name = SafeText.singleLine(home.folder.userName.text, limit: 64)
            throw CommandFailure(
                .temporary, "A p2pchat is running as \(name): \(advice), or quit it first.")
        }
        defer { withExtendedLifetime(lock) {} }
        let identity = try home.identity(options)
        let store = try ChatStore.open(at: home.folder.databasePath)
        let history = try await store.unlock(with: identity.privateKey)
        let archive = try await Archive(home, store, history, options, surroundings)
        let value = try await body(archive)
        await archive.node.stop()
        try await store.close()
        return value
    }

    private init(
        _ home: Home, _ store: ChatStore, _ history: MessageHistory?, _ options: GlobalOptions,
        _ surroundings: Surroundings
    ) async throws {
        self.store = store
        self.history = history
        userName = home.folder.userName.text
        node = try await Node.offline(
            userName: userName, fingerprint: home.folder.certificate().fingerprint,
            contacts: store, log: StandardErrorLog.logger(options.logLevel, surroundings),
            now: surroundings.now)
        correspondents = Correspondents(
            contacts: try await store.load().contacts,
            conversations: try await history?.conversations().map(\.contact) ?? [])
    }

    /// Whom this names: a contact, or somebody who was one and left messages.
    func find(_ reference: String) async throws -> Fingerprint {
        try await correspondents.find(reference) { [node] in try await node.contact($0) }
    }

    func removeContact(_ fingerprint: Fingerprint) async throws {
        try await node.removeContact(fingerprint.description)
    }

    /// What is shown where there is nothing to show.
    static let nothingYet = "There are no messages yet."
}
