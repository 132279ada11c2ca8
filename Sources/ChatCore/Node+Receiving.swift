import ChatValues
import ChatWire

/// Messages in.
extension Node {
    /// A contact's message goes to the disk first. In plain text nothing is kept: it is told and
    /// acknowledged at once.
    func take(_ message: Message, on session: Session) {
        let now = configuration.now()
        switch session.peer {
        case .contact(let contact):
            // In the seed dialect nothing tells a repeated message from a new one.
            let known = session.details.dialect == .native ? message.id : nil
            record(
                .add(
                    .incoming(
                        known ?? .made(at: now), from: contact, content: message.content,
                        timestamp: message.timestamp, storedAt: now,
                        claimedSender: claim(message.sender, besides: shown(contact)),
                        dialect: session.details.dialect)),
                // A message without an id asks for no receipt.
                for: .receive(session, isAcknowledged: message.id != nil))
        case .plain(let address):
            plainPeers.note(name: message.sender, at: address)
            let description = describe(session.peer)
            emit(
                .message(
                    IncomingMessage(
                        id: message.id ?? .made(at: now), peer: description,
                        content: message.content, timestamp: message.timestamp, receivedAt: now,
                        claimedSender: claim(message.sender, besides: description.name),
                        secure: false,
                        dialect: session.details.dialect)))
            if let id = message.id { acknowledge(id, on: session) }
        }
    }

    /// A contact's message is on disk, or was there already: then our receipt was lost with the
    /// connection, and it is acknowledged again and not told again.
    func received(
        _ message: NewMessage, _ outcome: MessageOutcome, on session: Session,
        isAcknowledged: Bool
    ) {
        // Removed meanwhile.
        guard let contact = shown(message.contact) else { return }
        if case .stored(let position) = outcome {
            emit(
                .message(
                    IncomingMessage(
                        id: message.id, peer: contact.description,
                        content: message.content, timestamp: message.timestamp,
                        receivedAt: message.storedAt, claimedSender: message.claimedSender,
                        secure: true, dialect: message.dialect ?? .native, position: position)))
        }
        if isAcknowledged { acknowledge(message.id, on: session) }
    }

    private func acknowledge(_ id: MessageID, on session: Session) {
        guard !session.hasEnded else { return }
        session.link.send(.receipt(Receipt(id: id, state: .delivered)))
    }

    /// What the sender calls itself, where that is neither our name for it nor the one in its
    /// certificate.
    private func claim(_ sender: String, besides contact: Correspondents.Entry?) -> String? {
        sender == contact?.certificateName
            ? nil : claim(sender, besides: contact?.description.name)
    }

    private func claim(_ sender: String, besides name: String?) -> String? {
        sender == name || sender.isEmpty ? nil : sender
    }
}
