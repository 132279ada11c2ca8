import ChatValues
public import ChatWire

/// Messages out.
extension Node {
    /// How much one peer's outbox holds in plain text. It is memory: the bound keeps a script from
    /// filling it.
    static let outboxLimit = (messages: 100_000, bytes: 64 << 20)

    /// Accepts a message. It goes out as soon as there is a session; `queued`, `sent` and
    /// `delivered` events tell how it fares, each with the reference.
    ///
    /// With TLS it returns when the message is on disk, and on its way where there is a session:
    /// from then on it gets there, whatever happens to this program. Messages go out in the order of the calls, also where callers do
    /// not wait for each other.
    ///
    /// - Parameters:
    ///   - content: 1 byte to 16 KiB of text.
    ///   - peer: a contact's name or fingerprint; in plain text `host:port` or a name that
    ///     announced itself.
    /// - Throws: ``NodeFailure`` when the peer is not known, the content empty or too long, or the
    ///   disk does not take it: then it is not sent.
    @discardableResult
    public nonisolated func send(
        _ content: String, to peer: String, reference: String? = nil
    ) async throws(NodeFailure) -> MessageID {
        // From here to the node's thread and back to where the caller waits, with no stop between.
        try await withCheckedContinuation { continuation in
            onThread { node in
                node.submit(content, to: peer, reference) { continuation.resume(returning: $0) }
            }
        }.get()
    }

    /// Like ``send(_:to:reference:)``, for programs that send many: returns when the message is in
    /// line for the disk. Then either `queued` is told, or a failure with the reference.
    @discardableResult
    public func post(
        _ content: String, to peer: String, reference: String? = nil
    ) async throws(NodeFailure) -> MessageID {
        let id = try put(content, to: peer, reference: reference)
        await journalHasRoom()
        return id
    }

    /// Like ``post(_:to:reference:)``, for applications on the node's own thread, which do not have
    /// to be resumed there. They see to it that not too much waits: nothing here bounds it.
    @discardableResult
    public func put(
        _ content: String, to peer: String, reference: String? = nil
    ) throws(NodeFailure) -> MessageID {
        guard let message = try submission(content, to: peer) else {
            return try sendPlain(content, to: peer, reference)
        }
        record(.add(message), for: .send(reference: reference, nil))
        return message.id
    }

    private func submit(
        _ content: String, to peer: String, _ reference: String?,
        _ reply: @escaping @Sendable (Result<MessageID, NodeFailure>) -> Void
    ) {
        do throws(NodeFailure) {
            guard let message = try submission(content, to: peer) else {
                return reply(.success(try sendPlain(content, to: peer, reference)))
            }
            let id = message.id
            record(
                .add(message),
                for: .send(reference: reference) { outcome in reply(outcome.map { _ in id }) })
        } catch {
            reply(.failure(error))
        }
    }

    /// What is to be stored; nil in plain text, where nothing is.
    private func submission(
        _ content: String, to peer: String
    ) throws(NodeFailure) -> NewMessage? {
        try requireRunning()
        let key = try find(peer)
        let length = content.utf8.count
        guard length > 0 else {
            throw NodeFailure(.contentEmpty, "An empty message is not sent: write something.")
        }
        guard length <= WireLimits.content else {
            throw NodeFailure(
                .contentTooLong,
                "The message is \(length) bytes long, and \(WireLimits.content) is the limit: "
                    + "send it in parts.")
        }
        guard let contact = key.fingerprint else { return nil }
        _ = try messageStore()
        let now = configuration.now()
        return .outgoing(.made(at: now), to: contact, content: content, at: now)
    }

    private func sendPlain(
        _ content: String, to peer: String, _ reference: String?
    ) throws(NodeFailure) -> MessageID {
        let key = try find(peer)
        let known = outboxes[key]
        let outbox = known ?? Outbox(isOnDisk: false)
        let count = outbox.count
        guard count < Self.outboxLimit.messages,
            outbox.bytes + content.utf8.count <= Self.outboxLimit.bytes
        else {
            throw NodeFailure(
                .queueFull,
                "\(count) messages to \(shown(key)) wait already, as many as are kept: try "
                    + "again when some have been delivered.")
        }
        let now = configuration.now()
        let entry = Outbox.Entry(
            id: .made(at: now), content: content, timestamp: now, position: nil)
        outbox.accept(entry)
        if known == nil { outboxes[key] = outbox }
        note(reference, for: entry.id, to: key)
        emit(.queued(status(entry.id, key)))
        flush(key)
        if case .plain(let address) = key { dialPlain(address) }
        return entry.id
    }

    private func find(_ peer: String) throws(NodeFailure) -> PeerKey {
        guard !isSecure else {
            if let known = correspondents.contact(called: peer) { return .contact(known) }
            let contact = try book.find(peer).fingerprint
            correspondents.note(contact, called: peer)
            return .contact(contact)
        }
        guard let address = PeerAddress(peer) else { return .plain(try plainPeers.find(peer)) }
        guard address.port > 0 else {
            throw NodeFailure(.badAddress, "\(address) has no port to dial: give HOST:PORT.")
        }
        return .plain(address)
    }

    /// A message of ours is on disk.
    func accepted(_ message: NewMessage, _ outcome: MessageOutcome, reference: String?) {
        guard case .stored(let position) = outcome else { return }
        let peer = PeerKey.contact(message.contact)
        note(reference, for: message.id, to: peer)
        emit(.queued(status(message.id, peer, at: position)))
        outbox(for: peer)?.accept(
            Outbox.Entry(
                id: message.id, content: message.content, timestamp: message.timestamp,
                position: position))
        touched.insert(message.contact, hasNew: true)
    }

    /// A message that the peer should have acknowledged, and did not. It can't be taken back, and
    /// the peer could not tell a second copy from a new message: the user decides.
    public func notConfirmed(_ id: MessageID, on session: SessionID, reason: String) {
        guard let peer = sessions[session]?.peer,
            let entry = outboxes[peer]?.acknowledge(id)
        else { return }
        emit(
            .failure(
                NodeFailure(
                    .unconfirmed,
                    "A message to \(shown(peer)) may not have arrived: \(reason).",
                    reference: references[peer]?[entry.id])))
        flush(peer)
    }

    /// Sends a message again that a peer of the seed dialect has not confirmed: the user's choice,
    /// since the peer can't tell a second copy from a new message. Tells it as queued.
    public func resend(_ id: MessageID, to peer: String) async throws(NodeFailure) {
        try requireRunning()
        _ = try messageStore()
        let contact = try book.find(peer).fingerprint
        let key = PeerKey.contact(contact)
        guard case .marked = try await commit(.requeue(id, to: contact)) else {
            throw NodeFailure(
                .unknownMessage,
                "No message with the id \(id) to \(shown(key)) is unconfirmed, and only those are "
                    + "sent again: look for it in the history.")
        }
        emit(.queued(status(id, key)))
        reload(key)
        reach(contact)
    }

    func note(_ reference: String?, for id: MessageID, to peer: PeerKey) {
        guard let reference else { return }
        references[peer, default: References()].insert(reference, for: id)
    }

    func status(_ id: MessageID, _ key: PeerKey, at position: Int64? = nil) -> OutgoingStatus {
        OutgoingStatus(
            id: id, peer: describe(key),
            reference: references.isEmpty ? nil : references[key]?[id], position: position)
    }
}
