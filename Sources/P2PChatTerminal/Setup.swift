import P2PChat

/// What a command needs for a node of its own: who the user is, the lock on the home, the store.
struct Setup {
    let configuration: ChatConfiguration
    /// Held for as long as the node runs; nil in plain text.
    let lock: HomeLock?
    let store: ChatStore?
    /// Nil in plain text.
    let folder: UserFolder?
    let userName: String
    let fingerprint: Fingerprint?

    /// Opens the home, asking for the key's passphrase where need be. Throws what `CommandFailure`
    /// knows.
    ///
    /// - Parameters:
    ///   - lock: where the caller has it already.
    ///   - isBrief: for a moment: joining what spans the internet would take longer.
    init(
        _ options: GlobalOptions, _ chat: ChatOptions, listening: ChatConfiguration.Listening,
        lock held: HomeLock? = nil, isBrief: Bool = false,
        _ surroundings: Surroundings, log: Logger
    ) async throws {
        let mode: ChatConfiguration.Mode
        if chat.insecure {
            let name = Self.plainName(options, surroundings)
            mode = .insecure(userName: name)
            lock = nil
            store = nil
            folder = nil
            userName = name
            fingerprint = nil
        } else {
            let home = try Home(options)
            // Before the passphrase is asked for: it would be in vain.
            lock = try held ?? HomeLock(home.folder)
            folder = home.folder
            let identity = try home.identity(options)
            let store = try ChatStore.open(at: home.folder.databasePath)
            self.store = store
            let messages = try await store.unlock(with: identity.privateKey)
            mode = .secure(
                identity, contacts: store, messages: messages, rendezvous: messages)
            userName = identity.userName
            fingerprint = identity.fingerprint
        }
        configuration = ChatConfiguration(
            mode: mode, listening: listening, acceptNew: chat.acceptNew,
            keepAlive: chat.keepalive, handshakeTimeout: chat.patience, proxy: chat.socks5,
            discovery: ChatConfiguration.Discovery(
                beacon: !chat.noBeacon, discoverable: chat.discoverable,
                dht: isBrief ? nil : chat.internet.dht(listening, folder: folder),
                portMapping: !isBrief && chat.internet.portMapping(listening),
                seedPort: chat.seedDiscoveryPort == 0 ? nil : chat.seedDiscoveryPort),
            log: log)
    }

    /// In plain text a name is all there is: what --user says, the only identity's, or the login's.
    private static func plainName(_ options: GlobalOptions, _ surroundings: Surroundings) -> String
    {
        if let user = options.user { return user }
        if let home = try? Home(options) { return home.folder.userName.text }
        for variable in ["LOGNAME", "USER"] {
            if let name = surroundings.environment(variable), let name = try? UserName(name) {
                return name.text
            }
        }
        return "anonymous"
    }
}
