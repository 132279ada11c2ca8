public import ChatWire
import ChatValues

/// Messages out, messages in, receipts.
extension Node {
    /// How much one peer's outbox holds. It is memory: the bound keeps a script from filling it.
    static let outboxLimit = (messages: 100_000, bytes: 64 << 20)

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
    ) throws(NodeFailure) -> MessageID {
        guard !isStopping else {
            throw NodeFailure(.stopping, "The program is about to end: the message was not sent.")
        }
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
        let outbox = outboxes[key] ?? Outbox()
        guard outbox.count < Self.outboxLimit.messages,
            outbox.bytes + length <= Self.outboxLimit.bytes
        else {
            throw NodeFailure(
                .queueFull,
                "\(shown(key)) has \(outbox.count) messages waiting already, which is the limit: "
                    + "try again when some have been delivered.")
        }
        let entry = Outbox.Entry(
            id: .random(), content: content, timestamp: configuration.now(), reference: reference)
        outboxes[key, default: Outbox()].accept(entry)
        emit(.queued(status(entry, key)))
        if current[key] != nil {
            flush(key)
        } else if case .plain(let address) = key {
            transport?.dial(address, expecting: nil)
        } else if let fingerprint = key.fingerprint, let contact = book[fingerprint],
            !contact.addresses.isEmpty
        {
            transport?.keepReaching(fingerprint, at: contact.addresses)
        }
        return entry.id
    }

    func find(_ peer: String) throws(NodeFailure) -> PeerKey {
        guard !isSecure else { return .contact(try book.find(peer).fingerprint) }
        if let address = PeerAddress(peer) { return .plain(address) }
        if let address = plainPeers.address(named: peer) { return .plain(address) }
        for (key, _) in current {
            if case .plain(let address) = key, plainPeers.name(at: address) == peer { return key }
        }
        throw NodeFailure(
            .unknownContact,
            "Nobody here goes by \"\(SafeText.singleLine(peer, limit: 80))\": give the address as "
                + "HOST:PORT.")
    }

    /// Writes what waits for this peer and fits into the window.
    func flush(_ key: PeerKey) {
        guard let session = current[key].flatMap({ sessions[$0] }), outboxes[key] != nil else {
            return
        }
        let window: Outbox.Window = session.details.dialect == .seed ? .seed : .native
        while let entry = outboxes[key]?.next(window) {
            session.link.send(.message(Message(
                id: entry.id, sender: userName, content: entry.content,
                timestamp: entry.timestamp)))
            emit(.sent(status(entry, key)))
        }
    }

    func take(_ receipt: Receipt, from peer: PeerKey) {
        guard let entry = outboxes[peer]?.acknowledge(receipt.id) else { return }
        let status = status(entry, peer)
        emit(.delivered(status))
        if receipt.state == .read { emit(.read(status)) }
        flush(peer)
    }

    /// A message that the peer should have acknowledged, and did not. It can't be taken back, and
    /// the peer could not tell a second copy from a new message: the user decides.
    public func notConfirmed(_ id: MessageID, on session: SessionID, reason: String) {
        guard let peer = sessions[session]?.peer,
            let entry = outboxes[peer]?.acknowledge(id)
        else { return }
        emit(.failure(NodeFailure(
            .unconfirmed,
            "A message to \(shown(peer)) may not have arrived: \(reason).",
            reference: entry.reference)))
        flush(peer)
    }

    func take(_ message: Message, on session: Session) {
        let id = message.id ?? .random()
        guard seen[session.peer, default: RecentIDs()].insert(id) else {
            return session.link.send(.receipt(Receipt(id: id, state: .delivered)))
        }
        var description = describe(session.peer)
        if case .plain(let address) = session.peer {
            plainPeers.note(name: message.sender, at: address)
            description.name = message.sender
        }
        emit(.message(IncomingMessage(
            id: id, peer: description, content: message.content, timestamp: message.timestamp,
            receivedAt: configuration.now(),
            claimedSender: message.sender == description.name ? nil : message.sender,
            secure: isSecure, dialect: session.details.dialect)))
        session.link.send(.receipt(Receipt(id: id, state: .delivered)))
    }

    private func status(_ entry: Outbox.Entry, _ key: PeerKey) -> OutgoingStatus {
        OutgoingStatus(id: entry.id, peer: describe(key), reference: entry.reference)
    }

    /// A peer's name, safe to stand in a sentence.
    func shown(_ key: PeerKey) -> String {
        SafeText.singleLine(describe(key).name, limit: 80)
    }
}
