import P2PChat

/// Messages that go, and for how long the others stay.
extension LineMode {
    func forget(_ name: String?, _ what: LineCommand.Forgetting) async throws {
        let (peer, contact) = try await meant(name, "/forget")
        let shownName = transcript.shown(peer)
        guard screen.isInteractive else {
            throw LineCommand.Failure(
                description: "There is nobody here to ask: quit, and use p2pchat forget --yes.")
        }
        let reference = contact.description
        switch what {
        case .message, .last:
            var found: [StoredMessage] = []
            if case .message(let id) = what {
                for direction in MessageDirection.allCases {
                    if let message = try await node.message(id, direction, with: reference) {
                        found.append(message)
                    }
                }
            } else {
                found = try await node.history(with: reference, limit: 1).messages
            }
            guard !found.isEmpty else {
                throw LineCommand.Failure(description: "There is no such message.")
            }
            transcript.columns = screen.columns
            for message in found { await screen.show(transcript.stored(message, with: peer)) }
            let targets = found.map {
                ForgetTarget.message($0.id, $0.direction, with: contact)
            }
            await ask(
                .forget(targets, contact: nil),
                explaining: ["It would be removed for good, on this side alone."],
                .plain)
        case .conversation, .contact:
            let summary = try await node.conversations().first { $0.contact == contact }
            let isContact = what == .contact
            if !isContact, summary?.last == nil {
                return await notice(["There are no messages with \(shownName)."])
            }
            let total = try await node.scan(MessageSelection(contact: contact)) { _, _ in false }
                .total
            var lines = [
                "\(total.of("message")) with \(shownName) would be removed for good."
            ]
            if let queued = summary?.queued, queued > 0 {
                lines.append("\(queued.of("message")) of yours would never be delivered.")
            }
            if isContact { lines.append("\(shownName)'s certificate would be trusted no longer.") }
            await ask(
                .forget(
                    [isContact ? .contact(contact) : .conversation(contact)],
                    contact: isContact ? contact : nil),
                explaining: lines, .warning)
        }
    }

    func carryOut(_ targets: [ForgetTarget], contact: Fingerprint?) async throws {
        // Somebody who is no contact may have left messages.
        if let contact, (try? await node.contact(contact.description)) != nil {
            try await node.removeContact(contact.description)
        }
        var count = 0
        for target in targets { count += try await node.forget(target) }
        for case .conversation(let contact) in targets { shown.forget(contact) }
        await notice(["\(count.of("message")) forgotten. What stands on the screen stays there."])
    }

    func retention(_ name: String?, _ term: RetentionTerm?) async throws {
        let (peer, contact) = try await meant(name, "/retention")
        let shownName = transcript.shown(peer)
        guard let term else {
            let summary = try await node.conversations().first { $0.contact == contact }
            return await notice([
                RetentionTerm.sentence(summary?.retention, with: shownName)
            ])
        }
        if let seconds = term.seconds {
            let older = MessageSelection(contact: contact, until: surroundings.now() - seconds)
            let count = try await node.scan(older) { _, _ in false }.total
            if count > 0 {
                guard screen.isInteractive else {
                    throw LineCommand.Failure(
                        description: "There is nobody here to ask: quit, and use "
                            + "p2pchat retention --yes.")
                }
                return await ask(
                    .retention(contact, term),
                    explaining: [
                        "\(count.of("message")) with \(shownName) older than "
                            + "\(Span(seconds: seconds).description) would be removed for good."
                    ], .warning)
            }
        }
        try await setRetention(term, with: contact)
    }

    func setRetention(_ term: RetentionTerm, with contact: Fingerprint) async throws {
        try await node.setRetention(term.seconds, with: contact.description)
        let (peer, _) = try await meant(contact.description, "/retention")
        await notice([RetentionTerm.sentence(term.seconds, with: transcript.shown(peer))])
    }

    /// Sends again what a peer of the original program's dialect has not confirmed.
    func resend() async throws {
        let conversation = try requireCurrent("/resend")
        let unconfirmed = try await node.history(
            with: conversation.reference, limit: 1_000
        ).messages.filter { $0.direction == .outgoing && $0.state == .sent }
        let name = transcript.shown(conversation.peer)
        guard !unconfirmed.isEmpty else {
            return await notice([
                "Nothing to \(name) is unconfirmed; what waits goes out by itself."
            ])
        }
        for message in unconfirmed {
            try await node.resend(message.id, to: conversation.reference)
        }
        await notice([
            "\(unconfirmed.count.of("message")) to \(name) sent again: \(name) may see "
                + "\(unconfirmed.count == 1 ? "it" : "some") twice."
        ])
    }

    /// Shows or sets what others are told.
    func prefer(_ isOn: Bool?, _ setting: WritableKeyPath<Preferences, Bool>) async throws {
        var preferences = await node.preferences
        if let isOn {
            preferences[keyPath: setting] = isOn
            try await node.setPreferences(preferences)
        }
        let value = preferences[keyPath: setting]
        let what =
            setting == \.readReceipts
            ? "that you have read their messages" : "while you are writing to them"
        await notice(["Your contacts are \(value ? "told" : "not told") \(what)."])
    }

    /// The named contact, a former one by fingerprint, or the current conversation's.
    private func meant(
        _ name: String?, _ command: String
    ) async throws -> (PeerDescription, Fingerprint) {
        guard let name else {
            let conversation = try requireCurrent(command)
            return (conversation.peer, conversation.contact)
        }
        guard node.isSecure else {
            throw LineCommand.Failure(description: "In plain text no messages are kept.")
        }
        let correspondents = Correspondents(
            contacts: await node.contacts().map(\.contact),
            conversations: try await node.conversations().map(\.contact))
        let contact = try await correspondents.find(name) { [node] in try await node.contact($0) }
        return (correspondents.peer(contact), contact)
    }
}
