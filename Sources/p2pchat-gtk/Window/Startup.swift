#if Desktop
import ChatDesktopModel
import P2PChat

/// What a running window has: the node and what it is made from.
struct Running: Sendable {
    let node: Node
    /// Nil in plain text.
    let store: ChatStore?
    let folder: UserFolder?
    var settings: WindowSettings
    let preferences: [String: String]
    /// Held for as long as the node runs.
    let lock: HomeLock?
}

/// How starting has come out.
enum Startup: Sendable {
    case running(Running)
    case firstRun(IdentityHome)
    /// There are several identities, and nobody has said which.
    case choose(IdentityHome, [UserName])
    /// The key needs one; the text says so where the last was wrong.
    case passphrase(UserFolder, complaint: String?)
    case problem(Problem)
}

/// What stands in the way, as a sentence, and what can be done about it here.
struct Problem: Sendable {
    enum Way: Sendable, Hashable { case retry, otherPort }

    var title: String
    var sentence: String
    var ways: [Way]
}

/// Opens the home and starts the node. All of it away from GTK's thread.
struct Starter: Sendable {
    var options: DesktopOptions
    var user: UserName?
    /// Where the user has just said to listen, in place of what is remembered. An empty host is
    /// every address.
    var listen: PeerAddress?
    /// Another port, where the one that was wanted is taken; the address stays.
    var port: Int?

    init(_ options: DesktopOptions) {
        self.options = options
        user = options.user
    }

    nonisolated func start(passphrase: Passphrase? = nil) async -> Startup {
        do {
            if options.insecure { return try await plain() }
            let home = try IdentityHome.resolve(option: options.home)
            let users = try home.users()
            guard let name = user ?? (users.count == 1 ? users[0] : nil) else {
                return users.isEmpty ? .firstRun(home) : .choose(home, users)
            }
            let folder = home.user(name)
            guard folder.hasIdentity else {
                return .problem(
                    Problem(
                        title: "There is no identity called \(name)",
                        sentence: "Nothing in \(SafeText.singleLine(home.path)) belongs to "
                            + "\(name): start without --user to choose or make one.", ways: []))
            }
            return try await secure(folder, passphrase)
        } catch {
            return .problem(Problem(error))
        }
    }

    private func secure(_ folder: UserFolder, _ given: Passphrase?) async throws -> Startup {
        let lock = try HomeLock(folder)
        let identity: Identity
        do {
            identity = try folder.load(passphrase: try given ?? passphraseFromOptions())
        } catch let error as IdentityError {
            switch error.code {
            case .passphraseNeeded:
                return .passphrase(folder, complaint: nil)
            case .wrongPassphrase:
                return .passphrase(folder, complaint: "That is not this key's passphrase.")
            default: throw error
            }
        }
        let store = try ChatStore.open(at: folder.databasePath)
        do {
            let messages = try await store.unlock(with: identity.privateKey)
            try await importCertificates(identity, store)
            let values = try await store.preferences()
            var settings = WindowSettings(values)
            if let listen {
                settings.host = listen.host
                settings.port = listen.port
            }
            settings.port = port ?? settings.port
            if listen != nil || port != nil {
                try await store.setPreferences(settings.values)
            }
            let place = listening(settings)
            let node = try await Node.start(
                ChatConfiguration(
                    mode: .secure(
                        identity, contacts: store, messages: messages, rendezvous: messages),
                    listening: place, acceptNew: options.acceptNew,
                    discovery: options.discovery.discovery(settings, place, folder: folder),
                    log: .silent))
            return .running(
                Running(
                    node: node, store: store, folder: folder, settings: settings,
                    preferences: values, lock: lock))
        } catch {
            try? await store.close()
            throw error
        }
    }

    private func plain() async throws -> Startup {
        var settings = WindowSettings()
        settings.port = port ?? listen?.port ?? ChatConfiguration.insecurePort
        settings.host = listen?.host ?? ""
        let place = listening(settings)
        let node = try await Node.start(
            ChatConfiguration(
                mode: .insecure(userName: plainName()), listening: place,
                discovery: options.discovery.discovery(settings, place, folder: nil),
                log: .silent))
        return .running(
            Running(
                node: node, store: nil, folder: nil, settings: settings, preferences: [:],
                lock: nil))
    }

    private func listening(_ settings: WindowSettings) -> ChatConfiguration.Listening {
        if options.noListen { return .off }
        if listen == nil, let address = options.listen {
            return .at(PeerAddress(host: address.host, port: port ?? address.port))
        }
        return settings.listening
    }

    private func plainName() -> String {
        if let user { return user.text }
        if let users = try? IdentityHome.resolve(option: options.home).users(), users.count == 1 {
            return users[0].text
        }
        return LoginName.current?.text ?? "anonymous"
    }

    private func passphraseFromOptions() throws -> Passphrase? {
        if let file = options.passphraseFile { return try Passphrase(file: file) }
        return try options.passphraseDescriptor.map { try Passphrase(descriptor: $0) }
    }

    /// Before anybody can connect: they are to be let in from the first moment.
    private func importCertificates(_ identity: Identity, _ store: ChatStore) async throws {
        guard !options.trust.isEmpty else { return }
        let node = try await Node.offline(
            userName: identity.userName, fingerprint: identity.fingerprint, contacts: store,
            log: .silent, now: Clock.now)
        for file in options.trust {
            for certificate in try Certificate.certificates(inFile: file) {
                try await node.trust(certificatesIn: Array(certificate.pem.utf8))
            }
        }
        await node.stop()
    }
}

extension Problem {
    init(_ error: any Error) {
        let sentence = SafeText.singleLine("\(error)", limit: 600)
        switch error {
        case let failure as NodeFailure where failure.code == .addressInUse:
            self.init(title: "The port is taken", sentence: sentence, ways: [.otherPort, .retry])
        case let failure as NodeFailure where failure.code == .cannotListen:
            self.init(
                title: "The network can't be used", sentence: sentence, ways: [.retry, .otherPort])
        case is StoreFailure:
            self.init(
                title: "Contacts and messages can't be opened", sentence: sentence,
                ways: [.retry])
        case let error as IdentityError where error.code == .inUse:
            self.init(
                title: "p2pchat is already running", sentence: sentence, ways: [.retry])
        default:
            self.init(title: "p2pchat can't start", sentence: sentence, ways: [.retry])
        }
    }
}
#endif
