import ArgumentParser
import P2PChat

/// `p2pchat retention`: for how long messages are kept.
struct RetentionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "Show or set for how long the messages with a contact are kept.",
        discussion: """
            Messages of yours that were not delivered stay until they are.
            """)

    @ParentCommand var parent: P2PChatCommand
    @OptionGroup var global: GlobalOptions

    @Argument(help: "The contact's name or fingerprint.")
    var name: String

    @Argument(
        help: ArgumentHelp("30m, 12h, 90d, 4w, or forever.", valueName: "duration"),
        transform: Self.term)
    var term: RetentionTerm?

    @Flag(help: "Do not ask before what is older now is forgotten.")
    var yes = false

    private static func term(_ text: String) throws -> RetentionTerm {
        guard let term = RetentionTerm(text) else {
            throw ValidationError("it is a time such as 30m, 12h, 90d or 4w, or forever")
        }
        return term
    }

    func run() async throws {
        let options = try options(global, parent)
        try await CommandFailure.wrapping {
            let surroundings = Surroundings.current
            let archive = try await Archive(options, surroundings)
            let fingerprint = try await archive.find(name)
            let peer = archive.correspondents.peer(fingerprint)
            guard let term else {
                let seconds = try await archive.history?.conversation(with: fingerprint)?.retention
                return tell(seconds, peer, removed: nil, options, surroundings)
            }
            let older = try await older(than: term, fingerprint, archive, options, surroundings)
            let removed = try await archive.change(options, surroundings) { history, _ in
                try await history.setRetention(term.seconds, with: fingerprint)
                return try await history.removeExpired(at: surroundings.now())
            } running: { client in
                try await client.setRetention(term.seconds, with: fingerprint)
                return older
            }
            tell(term.seconds, peer, removed: removed, options, surroundings)
        }
    }

    /// How many messages would be gone at once, once the person has said yes to it.
    private func older(
        than term: RetentionTerm, _ fingerprint: Fingerprint, _ archive: Archive,
        _ options: GlobalOptions, _ surroundings: Surroundings
    ) async throws -> Int {
        guard let seconds = term.seconds, let history = archive.history else { return 0 }
        let count = try await history.scan(
            MessageSelection(contact: fingerprint, until: surroundings.now() - seconds)
        ) { _, _ in false }.total
        if count > 0 {
            try Confirmation.require(
                "\(count.of("message")) older than \(Span(seconds: seconds).description) would "
                    + "be forgotten now. Go on?",
                isGiven: yes, json: options.json, surroundings)
        }
        return count
    }

    private func tell(
        _ seconds: Double?, _ peer: PeerDescription, removed: Int?, _ options: GlobalOptions,
        _ surroundings: Surroundings
    ) {
        if options.json {
            surroundings.print(
                JSONEvents.line("retention", at: surroundings.now()) { json in
                    json.member("peer", peer)
                    json.key("seconds")
                    if let seconds { json.number(seconds) } else { json.null() }
                    if let removed { json.member("removed", removed) }
                })
            return
        }
        let name = SafeText.singleLine(peer.name, limit: 64)
        surroundings.print(RetentionTerm.sentence(seconds, with: name))
        if let removed, removed > 0 {
            surroundings.print("\(removed.of("older message")) forgotten.")
        }
    }
}
