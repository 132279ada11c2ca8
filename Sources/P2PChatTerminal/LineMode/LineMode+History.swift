import P2PChat

/// What was said before, and what of it was seen.
extension LineMode {
    /// How many unread messages are shown at once.
    private static let unreadLimit = 200

    /// Where there is one contact alone, the conversation is theirs from the start.
    func beginAlone() async {
        guard screen.isInteractive, node.isSecure, current == nil else { return }
        let contacts = await node.contacts()
        guard let only = contacts.first?.contact, contacts.count == 1, current == nil else {
            return
        }
        await open(
            only.fingerprint.description,
            PeerDescription(only))
    }

    /// Makes a conversation the current one. The first time its newest lines are shown: further
    /// ones are on the screen already.
    func open(_ reference: String, _ peer: PeerDescription) async {
        select(reference, peer)
        guard screen.isInteractive, let contact = peer.fingerprint else { return }
        if shown.open(contact) {
            await showNewest(of: Conversation(reference: reference, peer: peer), contact)
        }
        await markSeen()
    }

    private func showNewest(of conversation: Conversation, _ contact: Fingerprint) async {
        do {
            let summary = try await node.conversations().first { $0.contact == contact }
            guard let summary, summary.last != nil else { return }
            let limit = max(
                LineCommand.historyLength, min(summary.unread + 3, Self.unreadLimit))
            var page = try await node.history(
                with: conversation.reference, before: shown.firstLive(with: contact), limit: limit)
            // Some may have come, and been shown, meanwhile.
            if let first = shown.firstLive(with: contact) {
                page.messages.removeAll { $0.position >= first }
            }
            await show(
                page, with: conversation.peer, contact, readUpTo: summary.lastRead, ids: false)
        } catch {
            await notice([error.description], .warning)
        }
    }

    func history(_ request: LineCommand.History, ids: Bool) async throws {
        let conversation = try requireCurrent("/history")
        let before: Int64?
        let limit: Int
        switch request {
        case .newest(let number): (before, limit) = (nil, number)
        case .more: (before, limit) = (shown.start(with: conversation.contact), Self.pageLength)
        }
        let page = try await node.history(
            with: conversation.reference, before: before, limit: limit)
        guard !page.messages.isEmpty else {
            let name = transcript.shown(conversation.peer)
            await notice([
                before == nil
                    ? "There are no messages with \(name) yet."
                    : "There is nothing before that."
            ])
            return
        }
        await show(page, with: conversation.peer, conversation.contact, readUpTo: nil, ids: ids)
        await markSeen()
    }

    private static var pageLength: Int { 2 * LineCommand.historyLength }

    /// - Parameter readUpTo: after which the lines are new to the person; nil where none are.
    private func show(
        _ page: MessagePage, with peer: PeerDescription, _ contact: Fingerprint, readUpTo: Int64?,
        ids: Bool
    ) async {
        guard !page.messages.isEmpty else { return }
        shown.show(page.messages, with: contact)
        transcript.columns = screen.columns
        let further = page.hasOlder ? "; /history more goes further back" : ""
        var text = transcript.rule("earlier with \(transcript.shown(peer))\(further)")
        transcript.forgetDay()
        var isNew = false
        for message in page.messages {
            if let readUpTo, !isNew, message.direction == .incoming, message.position > readUpTo {
                isNew = true
                text += transcript.rule("new")
            }
            text += transcript.stored(
                message, with: peer, tag: ids ? message.id.description : nil)
        }
        text += transcript.rule("now")
        await screen.show(text)
    }

    /// What stands in the current conversation before a person who is there was seen. Through a
    /// pipe nobody is known to look, and what came in other conversations waits until they are
    /// opened.
    func markSeen() async {
        guard screen.isInteractive, !isAway, let current, let contact = current.peer.fingerprint,
            shown.isOpen(contact), let position = shown.takeUnread(with: contact)
        else { return }
        do {
            try await node.markRead(with: current.reference, upTo: position)
        } catch {
            // At the end the node takes no more; what was seen then counts as unread.
            guard error.code != .stopping else { return }
            await notice([error.description], .warning)
        }
    }

    /// Somebody is at the keyboard.
    ///
    /// - Parameter isText: there is something in the line that may become a message.
    func typed(_ isText: Bool) async {
        guard node.isSecure, let current else { return }
        await node.setTyping(isText, to: current.reference)
    }

    /// The current conversation with a contact.
    func requireCurrent(
        _ command: String
    ) throws -> (reference: String, peer: PeerDescription, contact: Fingerprint) {
        guard node.isSecure else {
            throw LineCommand.Failure(description: "In plain text no messages are kept.")
        }
        guard let current, let contact = current.peer.fingerprint else {
            throw LineCommand.Failure(
                description: "Say with whom: /msg NAME first, then \(command).")
        }
        return (current.reference, current.peer, contact)
    }
}
