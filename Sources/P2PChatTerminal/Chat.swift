import ArgumentParser
import P2PChat

/// The chat itself: a node, and one of its faces: line mode or JSON.
struct Chat: Sendable {
    private let options: GlobalOptions
    private let chat: ChatOptions
    private let surroundings: Surroundings

    init(_ options: GlobalOptions, _ chat: ChatOptions, _ surroundings: Surroundings) {
        self.options = options
        self.chat = chat
        self.surroundings = surroundings
    }

    func run() async throws {
        try await CommandFailure.wrapping {
            let log = StandardErrorLog.logger(options.logLevel, surroundings)
            // The passphrase is asked for in here, with the signals as they usually are.
            let setup = try await Setup(
                options, chat, listening: chat.listening, surroundings, log: log)
            defer { withExtendedLifetime(setup.lock) {} }
            let signals = try Signals.watch()
            try await importCertificates(setup, log: log)
            let node = try await Node.start(setup.configuration)
            let socket = ControlSocket(node, setup.folder, log: log)
            if options.json {
                try await JSONChat(node, chat, socket, surroundings).run(signals)
            } else {
                try await LineChat(node, chat, socket, surroundings).run(signals)
            }
            try await setup.store?.close()
        }
    }

    /// Before anybody can connect: they are to be let in from the first moment.
    private func importCertificates(_ setup: Setup, log: Logger) async throws {
        guard !chat.trust.isEmpty, let store = setup.store, let fingerprint = setup.fingerprint
        else { return }
        let certificates = try chat.trust.map { try CertificateText(file: $0) }
        let node = try await Node.offline(
            userName: setup.userName, fingerprint: fingerprint, contacts: store, log: log,
            now: surroundings.now)
        for certificate in certificates {
            try await node.trust(certificatesIn: certificate.pem)
        }
        await node.stop()
    }
}

extension Node {
    /// Waits until everything that was sent is delivered, for a second at most: standard input has
    /// ended, and whoever wrote there wants it to arrive.
    func settle() async {
        for _ in 0..<20 {
            if await undelivered().isEmpty { return }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }
}
