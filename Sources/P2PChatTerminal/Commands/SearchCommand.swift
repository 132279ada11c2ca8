import ArgumentParser
import P2PChat
import Synchronization

/// `p2pchat search`: finds a text in the stored messages.
struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find a text in the messages, whatever its case.",
        discussion: """
            The newest are shown first. The status is 0 where something was found, and 1 where \
            nothing was.
            """)

    @ParentCommand var parent: P2PChatCommand
    @OptionGroup var global: GlobalOptions

    @Argument(help: "What to look for.")
    var text: String

    @Option(help: ArgumentHelp("In the messages with this contact alone.", valueName: "name"))
    var with: String?

    @OptionGroup var range: TimeRange

    @Option(
        help: ArgumentHelp("At most so many messages.", valueName: "n"), transform: Limit.parse)
    var limit: Int?

    @Flag(help: "Show each message's id, which forget --message takes.")
    var ids = false

    func validate() throws {
        if text.isEmpty { throw ValidationError("Say what to look for: p2pchat search TEXT.") }
    }

    func run() async throws {
        let options = try options(global, parent)
        let found = try await CommandFailure.wrapping {
            let surroundings = Surroundings.current
            let archive = try await Archive(options, surroundings)
            var contact: Fingerprint?
            if let with { contact = try await archive.find(with) }
            let selection = try range.selection(
                of: contact, .newestFirst, query: TextQuery(text), surroundings)
            guard let history = archive.history else {
                show(ScanProgress(total: 0), options, surroundings)
                return 0
            }
            return try await search(selection, in: history, archive, options, surroundings)
        }
        if found == 0 { throw ExitCode(1) }
    }

    /// How many were found and shown.
    private func search(
        _ selection: MessageSelection, in history: MessageHistory, _ archive: Archive,
        _ options: GlobalOptions, _ surroundings: Surroundings
    ) async throws -> Int {
        guard let output = Output(surroundings) else { throw CommandFailure.outOfResources }
        let bar = ProgressBar(
            "Searching", finding: "match", draw: surroundings.drawProgress, now: surroundings.now)
        let work = LongWork(
            surroundings: surroundings, bar: bar,
            interruption: "Interrupted: not everything was searched.")
        let lines = MatchLines(
            query: text, archive.correspondents, userName: archive.userName, ids: ids,
            json: options.json, surroundings)
        return try await work.run { [limit] in
            let shown = Mutex(0)
            var progress = try await history.scan(selection) { messages, progress in
                let count = shown.withLock { $0 }
                let rest = messages.prefix(limit.map { $0 - count } ?? messages.count)
                if !rest.isEmpty {
                    let bytes = rest.flatMap { lines.line(for: $0) }
                    bar.erase()
                    guard await output.write(bytes) else { return false }
                }
                let total = shown.withLock { shown in
                    shown += rest.count
                    return shown
                }
                bar.update(done: progress.done, of: progress.total, found: total)
                return limit.map { total < $0 } ?? true
            }
            bar.erase()
            progress.matches = shown.withLock { $0 }
            show(progress, options, surroundings)
            return progress.matches
        }
    }

    private func show(
        _ progress: ScanProgress, _ options: GlobalOptions, _ surroundings: Surroundings
    ) {
        if options.json {
            surroundings.print(
                JSONEvents.line("search", at: surroundings.now()) { json in
                    json.member("matches", progress.matches)
                    json.member("searched", progress.done)
                    json.member("messages", progress.total)
                    json.member("damaged", progress.damaged)
                })
            return
        }
        if progress.matches == 0 {
            surroundings.complain(
                progress.total == 0
                    ? "There are no messages to search."
                    : "Nothing found in \(progress.done.of("message")).")
        }
        if progress.damaged > 0 {
            surroundings.complain(
                "\(progress.damaged.of("message")) could not be searched: damaged.")
        }
    }
}
