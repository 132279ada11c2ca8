import P2PChat

/// The stored messages of a user, opened for a sub-command: for reading, beside a chat that may be
/// running.
struct Archive: Sendable {
    let userName: String
    let correspondents: Correspondents
    /// Nil where nothing was ever stored.
    let history: MessageHistory?
    private let home: Home
    /// Nil where it was not needed.
    private let identity: Identity?
    private let store: ChatStore
    private let node: Node

    /// Opens what there is. The passphrase is asked for only where there is something to open with
    /// it.
    init(_ options: GlobalOptions, _ surroundings: Surroundings) async throws {
        home = try Home(options)
        store = try home.contactsForReading()
        if try await store.hasHistory() {
            let identity = try home.identity(options)
            self.identity = identity
            history = try await store.unlock(with: identity.privateKey)
        } else {
            identity = nil
            history = nil
        }
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

    /// Changes what is stored: by ourselves where nobody else has the home, else by the program
    /// that has it.
    func change<Value>(
        _ options: GlobalOptions, _ surroundings: Surroundings,
        ourselves: (MessageHistory, Node) async throws -> Value,
        running: (ControlClient) async throws -> Value
    ) async throws -> Value {
        await node.stop()
        // Ours is not to keep the log from being emptied.
        try await store.close()
        return try await home.withHolder { holder in
            switch holder {
            case .running(let client): return try await running(client)
            case .ourselves(let lock):
                defer { withExtendedLifetime(lock) {} }
                let identity = try identity ?? home.identity(options)
                let store = try ChatStore.open(at: home.folder.databasePath)
                let history = try await store.unlock(with: identity.privateKey)
                let node = try await Node.offline(
                    userName: userName, fingerprint: identity.fingerprint, contacts: store,
                    log: StandardErrorLog.logger(options.logLevel, surroundings),
                    now: surroundings.now)
                let value = try await ourselves(history, node)
                await node.stop()
                try await store.close()
                return value
            }
        }
    }
}
