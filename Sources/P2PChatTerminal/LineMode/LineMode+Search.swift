import P2PChat
import Synchronization

/// Looking for a text while the chat goes on.
extension LineMode {
    /// Matches after which a search ends.
    private static let matchLimit = 20
    /// Messages from which on a search says that it has begun.
    private static let long = 20_000

    /// Searches beside the chat; Ctrl-C ends it.
    func startSearch(_ text: String) async throws {
        guard node.isSecure else {
            throw LineCommand.Failure(description: "In plain text no messages are kept.")
        }
        searching?.cancel()
        let contacts = await node.contacts().map(\.contact)
        searching = Task { await search(text, contacts) }
        if !screen.isInteractive { await searching?.value }
    }

    private func search(_ text: String, _ contacts: [Contact]) async {
        let lines = MatchLines(
            query: text, Correspondents(contacts: contacts), userName: node.userName, ids: false,
            json: false, style: transcript.style, columns: screen.columns.map { $0 - 2 },
            surroundings)
        let found = Mutex(0)
        let selection = MessageSelection(order: .newestFirst, query: TextQuery(text))
        do {
            let progress = try await node.scan(selection) { messages, progress in
                let count = found.withLock { $0 }
                let rest = messages.prefix(Self.matchLimit - count)
                if !rest.isEmpty {
                    await self.screen.show(rest.map { "  " + lines.text(for: $0) }.joined())
                }
                if progress.total >= Self.long, progress.done <= 1_000, rest.isEmpty {
                    await self.notice([
                        "Searching \(progress.total.of("message")); Ctrl-C ends it."
                    ])
                }
                return found.withLock { found in
                    found += rest.count
                    return found < Self.matchLimit
                }
            }
            try Task.checkCancellation()
            await tellEnd(of: progress, found: found.withLock { $0 })
        } catch is CancellationError {
            await notice(["The search was ended."])
        } catch {
            await notice([SafeText.singleLine("\(error)")], .warning)
        }
        if !Task.isCancelled { searching = nil }
    }

    private func tellEnd(of progress: ScanProgress, found: Int) async {
        var lines: [String] = []
        switch found {
        case 0: lines.append("Nothing found in \(progress.total.of("message")).")
        case Self.matchLimit:
            lines.append(
                "The newest \(found) matches; p2pchat search shows all of them, also now.")
        default: lines.append("\(found.of("match")).")
        }
        if progress.damaged > 0 {
            lines.append("\(progress.damaged.of("message")) could not be searched: damaged.")
        }
        await notice(lines)
    }
}
