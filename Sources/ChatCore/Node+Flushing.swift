import ChatValues
import ChatWire

/// From the outboxes onto the sessions.
extension Node {
    /// At the end of this turn, with whatever else there is for this peer.
    func flushLater(_ peer: PeerKey) {
        guard case .contact(let contact) = peer else { return flush(peer) }
        touched.insert(contact, hasNew: false)
    }

    /// Once for a batch, whatever there was for each in it.
    func flushTouched() {
        guard !touched.isEmpty else { return }
        let all = touched
        touched = Touched()
        all.forEach { contact, hasNew in
            flush(.contact(contact))
            if hasNew { reach(contact) }
        }
    }

    /// Writes what waits for this peer and fits into the window.
    func flush(_ key: PeerKey) {
        // A link may report at once that a message can't go out: the loop below sees to the next.
        guard !isFlushing, let session = session(with: key), let outbox = outbox(for: key),
            mayCarryMessages(session)
        else { return }
        isFlushing = true
        defer { isFlushing = false }
        let window: Outbox.Window = session.details.dialect == .seed ? .seed : .native
        // What a peer can't recognise when it comes again goes out after the disk knows of it.
        let isHandedOver = session.details.dialect == .seed && isSecure
        // Sending may end the session as well.
        while self.session(with: key) === session,
            let entry = outbox.next(window, on: session.id, isWritten: !isHandedOver)
        {
            if isHandedOver, let contact = key.fingerprint {
                record(.mark(entry.id, to: contact, as: .sent), for: .hand(session.id))
            } else {
                write(entry, to: key, on: session)
            }
        }
        loadMore(for: key)
    }

    private func write(_ entry: Outbox.Entry, to key: PeerKey, on session: Session) {
        emit(.sent(status(entry.id, key, at: entry.position)))
        session.link.send(
            .message(
                Message(
                    id: entry.id, sender: userName, content: entry.content,
                    timestamp: entry.timestamp)))
    }

    /// The disk says that a message is about to be given to a peer of the seed dialect.
    func hand(
        _ id: MessageID, to contact: Fingerprint, _ outcome: MessageOutcome, on sessionID: SessionID
    ) {
        let peer = PeerKey.contact(contact)
        guard case .marked = outcome else {
            // Forgotten meanwhile.
            outboxes[peer]?.remove(id)
            loadMore(for: peer)
            return flush(peer)
        }
        if current[peer] == sessionID, let session = sessions[sessionID],
            let entry = outboxes[peer]?.write(id)
        {
            write(entry, to: peer, on: session)
            loadMore(for: peer)
            return flush(peer)
        }
        // It was not given to anybody.
        record(.requeue(id, to: contact), for: .takeBack)
    }

    func tookBack(_ id: MessageID, to contact: Fingerprint, _ outcome: MessageOutcome) {
        let peer = PeerKey.contact(contact)
        if case .marked = outcome {
            if outboxes[peer]?.putBack(id) == false { reload(peer) }
        } else {
            outboxes[peer]?.remove(id)
        }
        loadMore(for: peer)
        flush(peer)
    }

    /// False while a connection that a peer of the seed dialect has opened may be there for just
    /// one message of theirs, and we can dial them for ours.
    private func mayCarryMessages(_ session: Session) -> Bool {
        guard session.mayBeForOneMessage, let fingerprint = session.peer.fingerprint else {
            return true
        }
        return session.dialHasFailed || addresses(of: fingerprint).isEmpty
    }
}
