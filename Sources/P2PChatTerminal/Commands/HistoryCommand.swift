import ArgumentParser
import P2PChat
import Synchronization

/// `p2pchat history`: the messages with somebody.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show the messages with a contact.",
        discussion: """
            The newest are shown, the oldest of them first. Of yours a mark says how far each \
            came: \(Transcript.legend).
            """)

    @ParentCommand var parent: P2PChatCommand
    @OptionGroup var global: GlobalOptions

    @Argument(
        help: "The contact's name or fingerprint; of a former contact the fingerprint.")
    var name: String

    @OptionGroup var range: TimeRange

    @Option(
        help: ArgumentHelp("At most so many messages.", valueName: "n"), transform: Limit.parse)
    var limit = 50

    @Flag(help: "Show each message's id, which forget --message takes.")
    var ids = false

    func run() async throws {
        let options = try options(global, parent)
        try await CommandFailure.wrapping {
            let surroundings = Surroundings.current
            let archive = try await Archive(options, surroundings)
            let contact = try await archive.find(name)
            let selection = try range.selection(of: contact, .newestFirst, surroundings)
            let page =
                if let history = archive.history {
                    range.isEverything
                        ? try await history.page(with: contact, before: nil, limit: limit)
                        : try await newest(selection, of: history, surroundings)
                } else {
                    MessagePage(messages: [], hasOlder: false)
                }
            show(page, with: archive.correspondents.peer(contact), archive, options, surroundings)
        }
    }

    /// The newest messages of the selection, in order.
    private func newest(
        _ selection: MessageSelection, of history: MessageHistory, _ surroundings: Surroundings
    ) async throws -> MessagePage {
        let bar = ProgressBar(
            "Looking", draw: surroundings.drawProgress, now: surroundings.now)
        let work = LongWork(
            surroundings: surroundings, bar: bar, interruption: "Interrupted: nothing was shown.")
        return try await work.run { [limit] in
            let found = Mutex<[StoredMessage]>([])
            _ = try await history.scan(selection) { messages, progress in
                bar.update(done: progress.done, of: progress.total)
                return found.withLock { found in
                    found += messages.prefix(limit + 1 - found.count)
                    return found.count <= limit
                }
            }
            let messages = found.withLock { $0 }
            return MessagePage(
                messages: messages.prefix(limit).reversed(), hasOlder: messages.count > limit)
        }
    }

    private func show(
        _ page: MessagePage, with peer: PeerDescription, _ archive: Archive,
        _ options: GlobalOptions, _ surroundings: Surroundings
    ) {
        if options.json {
            surroundings.print(
                JSONEvents.line("history", at: surroundings.now()) { $0.history(of: peer, page) })
            return
        }
        let name = SafeText.singleLine(peer.name, limit: 64)
        guard !page.messages.isEmpty else {
            // Not on standard output, which is the messages: there are none.
            surroundings.complain(
                range.isEverything
                    ? "There are no messages with \(name) yet."
                    : "There are no messages with \(name) from that time.")
            return
        }
        var transcript = Transcript.ofStored(archive.userName, surroundings)
        for message in page.messages {
            let text = transcript.stored(
                message, with: peer, tag: ids ? message.id.description : nil)
            guard surroundings.write(Array(text.utf8)) else { return }
        }
        if page.hasOlder, surroundings.outputIsTerminal {
            surroundings.complain(
                "There are older messages: --limit shows more, --until those before a time.")
        }
    }
}

extension Transcript {
    /// For messages of days gone by, on standard output.
    static func ofStored(_ userName: String, _ surroundings: Surroundings) -> Transcript {
        Transcript(
            userName: userName, isSecure: true, style: surroundings.style,
            columns: surroundings.columns, now: nil, localTime: surroundings.localTime)
    }
}

extension Surroundings {
    /// The width at which lines on standard output are broken; nil where they are not.
    var columns: Int? { outputIsTerminal ? TerminalMode.size(1).columns : nil }
}
