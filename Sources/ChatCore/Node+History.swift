import ChatValues
public import ChatWire

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
        return try await stored { try await messages.forget(target) }
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
    }

    /// The user has seen what came in up to this position.
    public func markRead(
        with peer: String, upTo position: Int64
    ) async throws(NodeFailure) {
        try requireRunning()
        let messages = try messageStore()
        let contact = try conversation(peer)
        _ = try await stored {
            try await messages.commit([.markRead(with: contact, upTo: position)])
        }
    }

    /// Sends a message again that a peer of the seed dialect has not confirmed: the user's choice,
    /// since the peer can't tell a second copy from a new message.
    public func resend(_ id: MessageID, to peer: String) async throws(NodeFailure) {
        try requireRunning()
        let messages = try messageStore()
        let contact = try conversation(peer)
        let outcomes = try await stored {
            try await messages.commit([.requeue(id, to: contact)])
        }
        if outcomes == [.unchanged] {
            throw NodeFailure(
                .unknownMessage,
                "No message with this id to \(shown(.contact(contact))) is unconfirmed: only those "
                    + "are sent again.")
        }
    }

    /// Waits until everything that has been told is on disk.
    func journalled() async {}

    func messageStore() throws(NodeFailure) -> any MessageStore {
        guard isSecure else {
            throw NodeFailure(
                .insecureMode,
                "Plain text keeps no messages: start p2pchat without --insecure for that.")
        }
        guard let messages = storage.messages else {
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
