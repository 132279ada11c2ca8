import ChatValues
public import ChatWire

/// Messages out, messages in, receipts.
extension Node {
    /// How much one peer's outbox holds. It is memory: the bound keeps a script from filling it.
    static let outboxLimit = (messages: 100_000, bytes: 64 << 20)
    /// Of how many delivered messages to one peer a later `read` is understood.
    static let deliveredLimit = 1_024

    /// Accepts a message. It goes out as soon as there is a session; `queued`, `sent` and
    /// `delivered` events tell how it fares, each with the reference.
    ///
    /// - Parameters:
    ///   - content: 1 byte to 16 KiB of text.
    ///   - peer: a contact's name or fingerprint; in plain text `host:port` or a name that
    ///     announced itself.
    /// - Throws: ``NodeFailure`` when the peer is not known, or the content empty or too long.
    @discardableResult
    public func send(
        _ content: String, to peer: String, reference: String? = nil
    ) async throws(NodeFailure) -> MessageID {
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
        // Not the outbox itself: a second reference would have it copied with each message.
        let (count, bytes) = (outboxes[key]?.count ?? 0, outboxes[key]?.bytes ?? 0)
        guard count < Self.outboxLimit.messages, bytes + length <= Self.outboxLimit.bytes else {
            throw NodeFailure(
                .queueFull,
                "\(count) messages to \(shown(key)) wait already, as many as are kept: try "
                    + "again when some have been delivered.")
        }
        let entry = Outbox.Entry(
            id: .random(), content: content, timestamp: configuration.now(), reference: reference)
        outboxes[key, default: Outbox()].accept(entry)
        emit(.queued(status(entry.id, key, entry.reference)))
        flush(key)
        switch key {
        case .contact(let fingerprint): reach(fingerprint)
        case .plain(let address): dialPlain(address)
        }
        return entry.id
    }

    private func find(_ peer: String) throws(NodeFailure) -> PeerKey {
        guard !isSecure else { return .contact(try book.find(peer).fingerprint) }
        guard let address = PeerAddress(peer) else { return .plain(try plainPeers.find(peer)) }
        guard address.port > 0 else {
            throw NodeFailure(.badAddress, "\(address) has no port to dial: give HOST:PORT.")
        }
        return .plain(address)
    }

    /// Writes what waits for this peer and fits into the window.
    func flush(_ key: PeerKey) {
        // A link may report at once that a message can't go out: the loop below sees to the next.
        guard !isFlushing, let session = session(with: key), outboxes[key] != nil,
            mayCarryMessages(session)
        else { return }
        isFlushing = true
        defer { isFlushing = false }
        let window: Outbox.Window = session.details.dialect == .seed ? .seed : .native
        // Sending may end the session as well.
        while current[key] == session.id,
            let entry = outboxes[key]?.next(window, on: session.id)
        {
            emit(.sent(status(entry.id, key, entry.reference)))
            session.link.send(
                .message(
                    Message(
                        id: entry.id, sender: userName, content: entry.content,
                        timestamp: entry.timestamp)))
        }
    }

    /// False while a connection that a peer of the seed dialect has opened may be there for just
    /// one message of theirs, and we can dial them for ours.
    private func mayCarryMessages(_ session: Session) -> Bool {
        guard session.mayBeForOneMessage, let fingerprint = session.peer.fingerprint else {
            return true
        }
        return session.dialHasFailed || addresses(of: fingerprint).isEmpty
    }

    func take(_ receipt: Receipt, from peer: PeerKey) {
        if let entry = outboxes[peer]?.acknowledge(receipt.id) {
            emit(.delivered(status(entry.id, peer, entry.reference)))
            if receipt.state == .read {
                emit(.read(status(entry.id, peer, entry.reference)))
            } else if isSecure {
                _ = delivered[peer, default: RecentIDs(limit: Self.deliveredLimit)]
                    .insert(entry.id, entry.reference)
            }
            flush(peer)
        } else if receipt.state == .read, let reference = delivered[peer]?.remove(receipt.id) {
            emit(.read(status(receipt.id, peer, reference)))
        }
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
                    reference: entry.reference)))
        flush(peer)
    }

    private func status(
        _ id: MessageID, _ key: PeerKey, _ reference: String?
    ) -> OutgoingStatus {
        OutgoingStatus(id: id, peer: describe(key), reference: reference)
    }
}
