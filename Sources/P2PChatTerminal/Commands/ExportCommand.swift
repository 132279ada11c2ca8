import ArgumentParser
import P2PChat

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `p2pchat export`: all messages, to keep elsewhere.
struct ExportCommand: AsyncParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        /// JSON Lines: an object for each message.
        case jsonl
        /// As a person reads them.
        case text
    }

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write messages to a file or to standard output.",
        discussion: """
            The messages are not encrypted there: keep the file where nobody else reads it. It is \
            made readable for you alone, and stands under its name only when it is whole.
            """)

    @ParentCommand var parent: P2PChatCommand
    @OptionGroup var global: GlobalOptions

    @Argument(help: "The contact's name or fingerprint; without, everybody's messages.")
    var name: String?

    @Option(help: "jsonl, an object a line with the exact content; or text, for people.")
    var format: Format?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where to write to; - is standard output.", valueName: "file"))
    var output = "-"

    @Flag(help: "Replace the file, where there is one.")
    var force = false

    @OptionGroup var range: TimeRange

    func validate() throws {
        if output.isEmpty { throw ValidationError("--output takes a file, or -.") }
        if global.json, format == .text {
            throw ValidationError("--json and --format text exclude each other: give one of them.")
        }
    }

    func run() async throws {
        let options = try options(global, parent)
        try await CommandFailure.wrapping {
            let surroundings = Surroundings.current
            // Before the passphrase is asked for: it would be in vain.
            let file = output == "-" ? nil : try ExportFile(at: output, replacing: force)
            defer { file?.abandon() }
            let archive = try await Archive(options, surroundings)
            var contact: Fingerprint?
            if let name { contact = try await archive.find(name) }
            let selection = try range.selection(of: contact, .oldestFirst, surroundings)
            let count = try await export(selection, to: file, archive, surroundings)
            guard let file else { return }
            if options.json {
                surroundings.print(
                    JSONEvents.line("exported", at: surroundings.now()) { json in
                        json.member("file", file.path)
                        json.member("messages", count)
                    })
            } else {
                let path = SafeText.singleLine(file.path, limit: 300)
                surroundings.print("\(count.of("message")) written to \(path).")
            }
        }
    }

    private func export(
        _ selection: MessageSelection, to file: ExportFile?, _ archive: Archive,
        _ surroundings: Surroundings
    ) async throws -> Int {
        guard let output = Output(surroundings) else { throw CommandFailure.outOfResources }
        let bar = ProgressBar(
            "Exporting", draw: surroundings.drawProgress, now: surroundings.now)
        let work = LongWork(
            surroundings: surroundings, bar: bar,
            interruption: file == nil
                ? "Interrupted: not everything was written."
                : "Interrupted: nothing was written.")
        let form = ExportForm(format ?? .jsonl, archive, surroundings)
        return try await work.run {
            guard let history = archive.history else {
                try file?.finish()
                return 0
            }
            let progress = try await history.scan(selection) { messages, progress in
                let bytes = form.bytes(messages)
                if let file {
                    try file.write(bytes)
                } else if !bytes.isEmpty {
                    bar.erase()
                    let code = await output.writing(bytes)
                    guard code == 0 else { throw Self.failure(code) }
                }
                bar.update(done: progress.done, of: progress.total)
                return true
            }
            try file?.finish()
            return progress.matches
        } cleanUp: {
            file?.abandon()
        }
    }

    private static func failure(_ code: CInt) -> CommandFailure {
        switch code {
        case EPIPE:
            CommandFailure(
                .inputOutput,
                "Nobody reads standard output any more: not everything was written.")
        case ENOSPC, EDQUOT:
            CommandFailure(
                .inputOutput,
                "The disk that standard output goes to is full: not everything was written.")
        default:
            CommandFailure(
                .inputOutput,
                "Standard output can't be written (\(String(cString: strerror(code)))): not "
                    + "everything was.")
        }
    }
}
