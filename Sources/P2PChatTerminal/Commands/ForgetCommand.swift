import ArgumentParser
import P2PChat

/// `p2pchat forget`: removes messages for good.
struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Remove messages for good: one, a conversation, or a contact with everything.",
        usage: """
            p2pchat forget NAME [--yes]
            p2pchat forget --message ID NAME [--yes]
            p2pchat forget --contact NAME [--yes]
            """,
        discussion: """
            They are overwritten on this disk. The other side keeps what it has.
            """)

    @ParentCommand var parent: P2PChatCommand
    @OptionGroup var global: GlobalOptions

    @Argument(
        help: "The contact's name or fingerprint; of a former contact the fingerprint.")
    var name: String

    @Option(
        help: ArgumentHelp("This message alone; history --ids shows them.", valueName: "id"),
        transform: Self.id)
    var message: MessageID?

    @Flag(help: "The contact too: messages, settings, and the trust in the certificate.")
    var contact = false

    @Flag(help: "Do not ask.")
    var yes = false

    func validate() throws {
        if message != nil && contact {
            throw ValidationError("--message and --contact exclude each other: give one of them.")
        }
    }

    private static func id(_ text: String) throws -> MessageID {
        guard let id = MessageID(text) else {
            throw ValidationError("it is a message's id; p2pchat history NAME --ids shows them")
        }
        return id
    }

    func run() async throws {
        let options = try options(global, parent)
        try await CommandFailure.wrapping {
            let surroundings = Surroundings.current
            let archive = try await Archive(options, surroundings)
            let fingerprint = try await archive.find(name)
            let peer = archive.correspondents.peer(fingerprint)
            let isContact = archive.correspondents.contact(fingerprint) != nil
            let targets =
                if let message {
                    try await single(message, fingerprint, peer, archive, options)
                } else {
                    try await everything(fingerprint, peer, archive, options)
                }
            let count = try await archive.change(options, surroundings) { history, node in
                if contact, isContact { try await node.removeContact(fingerprint.description) }
                var count = 0
                for target in targets { count += try await history.forget(target) }
                return count
            } running: { client in
                var count = 0
                for target in targets { count += try await client.forget(target) }
                return count
            }
            tell(count, peer, options, surroundings)
        }
    }

    /// The message, once the person has said yes to it.
    private func single(
        _ id: MessageID, _ fingerprint: Fingerprint, _ peer: PeerDescription, _ archive: Archive,
        _ options: GlobalOptions
    ) async throws -> [ForgetTarget] {
        let surroundings = Surroundings.current
        var found: [StoredMessage] = []
        for direction in MessageDirection.allCases {
            if let message = try await archive.history?.message(id, direction, with: fingerprint) {
                found.append(message)
            }
        }
        guard !found.isEmpty else {
            let name = SafeText.singleLine(peer.name, limit: 64)
            throw CommandFailure(
                .noUser,
                "There is no message \(id) with \(name): p2pchat history NAME --ids shows the ids.")
        }
        if !yes, surroundings.outputIsTerminal, !options.json {
            var transcript = Transcript.ofStored(archive.userName, surroundings)
            transcript.lineLimit = 10
            for message in found {
                _ = surroundings.write(Array(transcript.stored(message, with: peer).utf8))
            }
        }
        try Confirmation.require(
            "Forget it for good?", isGiven: yes, json: options.json, surroundings)
        return found.map { .message(id, $0.direction, with: fingerprint) }
    }

    /// The conversation or the contact, once the person has said yes to it.
    private func everything(
        _ fingerprint: Fingerprint, _ peer: PeerDescription, _ archive: Archive,
        _ options: GlobalOptions
    ) async throws -> [ForgetTarget] {
        let name = SafeText.singleLine(peer.name, limit: 64)
        let messages = try await archive.history?.messageCount(with: fingerprint) ?? 0
        let queued = try await archive.history?.conversation(with: fingerprint)?.queued ?? 0
        var question =
            contact
            ? "Forget \(name) and \(messages.of("message")), and trust the certificate no longer?"
            : "Forget \(messages.of("message")) with \(name) for good?"
        if queued > 0 {
            question = "\(queued.of("message")) to \(name) would never be delivered. " + question
        }
        if messages > 0 || contact {
            try Confirmation.require(
                question, isGiven: yes, json: options.json, Surroundings.current)
        }
        return [contact ? .contact(fingerprint) : .conversation(fingerprint)]
    }

    private func tell(
        _ count: Int, _ peer: PeerDescription, _ options: GlobalOptions,
        _ surroundings: Surroundings
    ) {
        if options.json {
            surroundings.print(
                JSONEvents.line("forgotten", at: surroundings.now()) { json in
                    json.member("peer", peer)
                    json.member("messages", count)
                    json.member("contact", contact)
                })
            return
        }
        let name = SafeText.singleLine(peer.name, limit: 64)
        let messages = "\(count.of("message")) with \(name)"
        surroundings.print(
            contact
                ? "Forgotten: \(messages), and the contact. \(peer.fingerprint.map { "\($0)" } ?? "") is no longer trusted."
                : "Forgotten: \(messages).")
    }
}
