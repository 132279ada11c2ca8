import P2PChat

/// Lists that a person asks for.
extension LineMode {
    func help() -> String {
        let width = LineCommand.all.map { $0.name.count + $0.arguments.count }.max() ?? 0
        let commands = LineCommand.all.map { entry in
            let usage = "/\(entry.name) \(entry.arguments)"
            let gap = String(repeating: " ", count: max(0, width + 4 - usage.count))
            return "  \(usage)\(gap)\(entry.help)"
        }
        let rest = [
            "What you type otherwise goes to whom the prompt names. Begin with // for a",
            "text that begins with a slash. Alt-Enter breaks the line, Tab completes, the",
            "arrow keys bring back what you have typed. Ctrl-C empties the line; on an empty",
            "one it leaves. After what you said before, ✓ is delivered and ✓✓ read;",
            "(waiting) goes out once they are there, (not confirmed) may not have arrived.",
        ]
        return (commands + rest).joined(separator: "\n") + "\n"
    }

    func whoTable() async -> String {
        let proxy = node.configuration.proxy.map { "  Through the SOCKS5 proxy at \($0):\n" } ?? ""
        return proxy + (await whoLines())
    }

    private func whoLines() async -> String {
        if node.isSecure {
            let present = await node.contacts().filter { $0.presence != .offline }
            if present.isEmpty { return "  Nobody is there.\n" }
            let counts = await counts()
            return present.map { status in
                let place = status.session.map { "  \($0.address)" } ?? ""
                let count = counts[status.contact.fingerprint] ?? ""
                return
                    "  \(cell(status.contact.name))  \(status.presence.rawValue)\(place)\(count)\n"
                    + addressLines(status.contact)
            }.joined()
        }
        let peers = await node.plainPeersOnline()
        if peers.isEmpty { return "  Nobody has said to be there.\n" }
        return peers.map {
            "  ~\(cell($0.name))  \($0.presence.rawValue)  \($0.address)  not authenticated\n"
        }.joined()
    }

    func contactTable() async -> String {
        guard node.isSecure else {
            return "  Plain text knows no contacts; /who lists who is there.\n"
        }
        let contacts = await node.contacts()
        if contacts.isEmpty { return "  You have no contacts yet: /trust FILE imports one.\n" }
        let counts = await counts()
        return contacts.map { status in
            let contact = status.contact
            return
                "  \(cell(contact.name))  \(status.presence.rawValue)  \(contact.trust.rawValue)"
                + "\(counts[contact.fingerprint] ?? "")\n"
                + "      \(contact.fingerprint)\n" + addressLines(contact)
        }.joined()
    }

    private func addressLines(_ contact: Contact) -> String {
        contact.knownAddresses.map { "      \(AddressText.line($0, surroundings))\n" }.joined()
    }

    /// What is unread of whom, and what waits for them.
    private func counts() async -> [Fingerprint: String] {
        // Where the disk fails, the list is still worth showing.
        let conversations = (try? await node.conversations()) ?? []
        return Dictionary(
            conversations.map { summary in
                let unread =
                    summary.unread >= ConversationSummary.unreadLimit
                    ? "\(summary.unread.formatted) or more" : summary.unread.formatted
                var text = summary.unread > 0 ? "  \(unread) unread" : ""
                if summary.queued > 0 { text += "  \(summary.queued.formatted) waiting" }
                return (summary.contact, text)
            }, uniquingKeysWith: { first, _ in first })
    }

    func requestTable() async -> String {
        let requests = await node.pendingRequests()
        if requests.isEmpty { return "  Nobody waits for an answer.\n" }
        return requests.map { request in
            let time = surroundings.localTime(request.lastSeen).map { "\($0.date) \($0.clock)" }
            let way = request.direction == .inbound ? "from" : "answered at"
            return "  \(cell(request.name))  \(way) \(request.address)  \(time ?? "")\n"
                + "      \(request.fingerprint)\n"
        }.joined()
    }

    /// A name, safe and in a column.
    func cell(_ name: String) -> String {
        let shown = SafeText.singleLine(name, limit: 40)
        return shown + String(repeating: " ", count: max(0, 12 - Wrapping.width(shown)))
    }
}
