import ArgumentParser
import P2PChat
import Synchronization

/// `p2pchat retention`: for how long messages are kept.
struct RetentionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "Show or set for how long the messages with a contact are kept.",
        discussion: """
            Messages of yours that were not delivered stay until they are.
            """)

    /// What the second argument says.
    enum Term: Equatable, ExpressibleByArgument {
        case forever
        case span(Span)

        init?(argument: String) {
            if argument.lowercased() == "forever" {
                self = .forever
            } else if let span = Span(argument) {
                self = .span(span)
            } else {
                return nil
            }
        }

        var seconds: Double? {
            if case .span(let span) = self { span.seconds } else { nil }
        }
    }

    @ParentCommand var parent: P2PChatCommand
    @OptionGroup var global: GlobalOptions

    @Argument(help: "The contact's name or fingerprint.")
    var name: String

    @Argument(
        help: ArgumentHelp("30m, 12h, 90d, 4w, or forever.", valueName: "duration"),
        transform: Self.term)
    var term: Term?

    @Flag(help: "Do not ask before what is older now is forgotten.")
    var yes = false

    private static func term(_ text: String) throws -> Term {
        guard let term = Term(argument: text) else {
            throw ValidationError("it is a time such as 30m, 12h, 90d or 4w, or forever")
        }
        return term
    }

    func run() async throws {
        let options = try options(global, parent)
        try await CommandFailure.wrapping {
            let surroundings = Surroundings.current
            guard let term else {
                let archive = try await Archive.forReading(options, surroundings)
                let fingerprint = try await archive.find(name)
                let seconds = try await archive.history?.conversation(with: fingerprint)?.retention
                return tell(
                    seconds, archive.correspondents.peer(fingerprint), removed: nil, options,
                    surroundings)
            }
            try await Archive.forChange(
                options, surroundings, whileRunning: "type /retention there"
            ) { archive in
                let fingerprint = try await archive.find(name)
                let removed = try await set(term, fingerprint, archive, options, surroundings)
                tell(
                    term.seconds, archive.correspondents.peer(fingerprint), removed: removed,
                    options, surroundings)
            }
        }
    }

    /// How many messages were older than that, and are gone.
    private func set(
        _ term: Term, _ fingerprint: Fingerprint, _ archive: Archive, _ options: GlobalOptions,
        _ surroundings: Surroundings
    ) async throws -> Int {
        guard let history = archive.history else { return 0 }
        let now = surroundings.now()
        if let seconds = term.seconds {
            let older = Mutex(0)
            _ = try await history.scan(
                MessageSelection(contact: fingerprint, until: now - seconds)
            ) { _, progress in
                older.withLock { $0 = progress.total }
                return false
            }
            let count = older.withLock { $0 }
            if count > 0 {
                try Confirmation.require(
                    "\(count.of("message")) older than \(Span(seconds: seconds).description) would "
                        + "be forgotten now. Go on?",
                    isGiven: yes, json: options.json, surroundings)
            }
        }
        try await history.setRetention(term.seconds, with: fingerprint)
        return try await history.removeExpired(at: now)
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
        surroundings.print(Self.sentence(seconds, name))
        if let removed, removed > 0 {
            surroundings.print("\(removed.of("older message")) forgotten.")
        }
    }

    static func sentence(_ seconds: Double?, _ name: String) -> String {
        let term = seconds.map { "for \(Span(seconds: $0).description)" } ?? "for ever"
        return "Messages with \(name) are kept \(term)."
    }
}
