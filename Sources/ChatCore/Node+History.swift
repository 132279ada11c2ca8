import ChatValues

/// What was said before. Each of these first waits for what is on its way to the disk, so that it
/// agrees with the events told so far.
extension Node {
    /// The newest messages with a contact, or the newest before a position.
    ///
    /// - Parameters:
    ///   - peer: a contact's name or fingerprint; the whole fingerprint of somebody who is no
    ///     contact any more will do.
    ///   - limit: at most so many.
    public func history(
        with peer: String, before position: Int64? = nil, limit: Int
    ) async throws(NodeFailure) -> MessagePage {
        let messages = try messageStore()
        let contact = try conversation(peer)
        await journalled()
        return try await stored {
            try await messages.page(with: contact, before: position, limit: limit)
        }
    }

    /// Every conversation, that with the newest message first.
    public func conversations() async throws(NodeFailure) -> [ConversationSummary] {
        let messages = try messageStore()
        await journalled()
        return try await stored { try await messages.conversations() }
    }

    /// Goes through messages, a page at a time: search and export. See
    /// ``MessageStore/scan(_:_:)``; throws what `body` throws, and ``NodeFailure``.
    @discardableResult
    public func scan(
        _ selection: MessageSelection,
        _ body: @Sendable ([StoredMessage], ScanProgress) async throws -> Bool
    ) async throws -> ScanProgress {
        let messages = try messageStore()
        await journalled()
        do {
            return try await messages.scan(selection, body)
        } catch let failure as StoreFailure {
            throw NodeFailure(.storage, "\(failure)")
        }
    }

    /// Removes messages for good, those that wait to be sent included.
    ///
    /// - Returns: how many there were.
    @discardableResult
    public func forget(_ target: ForgetTarget) async throws(NodeFailure) -> Int {
        try requireRunning()
        let messages = try messageStore()
        await journalled()
        let count = try await stored { try await messages.forget(target) }
        // What was to be sent is not sent any more.
        switch target {
        case .message(let id, .outgoing, let contact):
            outboxes[.contact(contact)]?.remove(id)
            reload(.contact(contact))
        case .message: break
        case .conversation(let contact), .contact(let contact):
            guard outboxes.removeValue(forKey: .contact(contact)) != nil else { break }
            openOutbox(contact)
        }
        return count
    }

    /// For how long messages with a contact are kept from when they were stored.
    ///
    /// - Parameter seconds: more than 0; nil for ever.
    public func setRetention(
        _ seconds: Double?, with peer: String
    ) async throws(NodeFailure) {
        try requireRunning()
        let messages = try messageStore()
        let contact = try conversation(peer)
        try await stored { try await messages.setRetention(seconds, with: contact) }
        await removeExpired()
    }

    /// How many messages of ours each peer has not acknowledged. With TLS they are on disk, and go
    /// out in a later run; in plain text they end with the process.
    public func undelivered() async -> [(peer: PeerDescription, count: Int)] {
        var counts = outboxes.filter { $0.key.fingerprint == nil }.mapValues(\.count)
        if let messages {
            await journalled()
            for summary in (try? await messages.conversations()) ?? []
            where book[summary.contact] != nil {
                counts[.contact(summary.contact)] = summary.queued
            }
        }
        return counts.filter { $0.value > 0 }
            .map { (peer: describe($0.key), count: $0.value) }
            .sorted { $0.peer.name < $1.peer.name }
    }

    func messageStore() throws(NodeFailure) -> any MessageStore {
        guard isSecure else {
            throw NodeFailure(
                .insecureMode,
                "Plain text keeps no messages: start p2pchat without --insecure for that.")
        }
        guard let messages else {
            throw NodeFailure(.storage, "There is nowhere to keep messages: name a home folder.")
        }
        return messages
    }

    /// Whose conversation is meant. What was said outlives the contact's entry.
    func conversation(_ peer: String) throws(NodeFailure) -> Fingerprint {
        try requireSecure()
        if let fingerprint = Fingerprint(peer) { return fingerprint }
        return try book.find(peer).fingerprint
    }
}
