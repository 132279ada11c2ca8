import ChatValues
import ChatWire

/// Receipts, both ways.
extension Node {
    /// How many read receipts a contact is given at a time, those for the newest messages.
    private static let readReceiptLimit = 256

    func take(_ receipt: Receipt, from peer: PeerKey) {
        if let outbox = outbox(for: peer), let entry = outbox.acknowledge(receipt.id) {
            delivered(entry.id, peer, at: entry.position, isRead: receipt.state == .read)
            // There is room for one more.
            if outbox.hasMore { flushLater(peer) }
        } else if receipt.state == .read, let contact = peer.fingerprint {
            // It may have been delivered long ago: the disk knows whether there is such a message
            // to this contact.
            record(.mark(receipt.id, to: contact, as: .read), for: .learnRead)
        }
    }

    private func delivered(
        _ id: MessageID, _ peer: PeerKey, at position: Int64?, isRead: Bool
    ) {
        emit(.delivered(status(id, peer, at: position)))
        if isRead { emit(.read(status(id, peer, at: position))) }
        if let contact = peer.fingerprint {
            // Told before it is on disk: after a crash in between it is sent once more, and the
            // other side, which has it, acknowledges it once more.
            record(.mark(id, to: contact, as: isRead ? .read : .delivered), for: .noteDelivery)
        }
        if isRead || peer.fingerprint == nil { references[peer]?.remove(id) }
    }

    func learnedRead(_ id: MessageID, from contact: Fingerprint, _ outcome: MessageOutcome) {
        guard case .marked(let former) = outcome else { return }
        let peer = PeerKey.contact(contact)
        if former < .delivered {
            // Its first receipt was lost.
            outboxes[peer]?.remove(id)
            emit(.delivered(status(id, peer)))
        }
        emit(.read(status(id, peer)))
        references[peer]?.remove(id)
    }

    /// The user has seen what came in up to this position. Says so to the contact where the user
    /// lets us; each message once at most.
    public func markRead(
        with peer: String, upTo position: Int64
    ) async throws(NodeFailure) {
        try requireRunning()
        let messages = try messageStore()
        let contact = try conversation(peer)
        await journalled()
        let summary = try await stored { try await messages.conversation(with: contact) }
        guard let summary, summary.lastRead < position else { return }
        guard case .marked = try await commit(.markRead(with: contact, upTo: position)),
            preferences.readReceipts
        else { return }
        let end = position < .max ? position + 1 : nil
        let page = try await stored {
            try await messages.page(with: contact, before: end, limit: Self.readReceiptLimit)
        }
        // What was read before receipts were switched on, or in an earlier run, stays our secret.
        let start = max(summary.lastRead, receipted[contact] ?? 0)
        let read = page.messages.filter {
            $0.direction == .incoming && $0.dialect == .native && $0.position > start
        }
        guard preferences.readReceipts, let last = read.last else { return }
        receipted[contact] = last.position
        let due = (readReceipts[contact] ?? []) + read.map(\.id)
        readReceipts[contact] = due.suffix(Self.readReceiptLimit)
        sendReadReceipts(to: contact)
    }

    /// Sends the read receipts that are due, where there is a session for them; else they wait for
    /// one, until the program ends.
    func sendReadReceipts(to contact: Fingerprint) {
        guard let session = session(with: .contact(contact)), session.details.dialect == .native,
            let due = readReceipts.removeValue(forKey: contact)
        else { return }
        for id in due { session.link.send(.receipt(Receipt(id: id, state: .read))) }
    }
}
