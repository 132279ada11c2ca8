import ChatValues
public import ChatWire

/// What peers say.
extension Node {
    /// How many messages of one peer are known again when they come again.
    static let seenLimit = 8_192

    /// Frames in the order in which they came, as many as one read brought.
    public func received(_ frames: [Frame], on id: SessionID) {
        for frame in frames {
            guard let session = sessions[id], isHeard(session) else { return }
            switch frame {
            case .message(let message): take(message, on: session)
            case .receipt(let receipt): take(receipt, from: session.peer)
            case .presence(let presence): take(presence, on: session)
            case .presenceList(let list): take(list, on: session)
            case .typing(let typing):
                if typing.active { emit(.typing(describe(session.peer))) }
            case .bye(let bye): sessions[id]?.farewell = bye
            case .error(let error): emit(.failure(failure(of: error, on: session)))
            case .hello, .ping, .pong, .unknown:
                // The transport answers these, or nobody does.
                break
            }
        }
    }

    /// A contact that was removed is not listened to any more.
    private func isHeard(_ session: Session) -> Bool {
        session.peer.fingerprint.map { book[$0] != nil } ?? true
    }

    private func failure(of error: ErrorFrame, on session: Session) -> NodeFailure {
        let words = error.reason.isEmpty ? error.code.rawValue : error.reason
        return NodeFailure(
            .peerError,
            "\(shown(session.peer))'s program ended the session: "
                + SafeText.singleLine(words, limit: 200))
    }

    private func take(_ message: Message, on session: Session) {
        let peer = session.peer
        // In the seed dialect nothing tells a repeated message from a new one.
        if session.details.dialect == .native, let id = message.id,
            !seen[peer, default: RecentIDs(limit: Self.seenLimit)].insert(id, ())
        {
            return acknowledge(message, on: session)
        }
        if case .plain(let address) = peer { plainPeers.note(name: message.sender, at: address) }
        let description = describe(peer)
        emit(
            .message(
                IncomingMessage(
                    id: message.id ?? .random(), peer: description, content: message.content,
                    timestamp: message.timestamp, receivedAt: configuration.now(),
                    claimedSender: claim(message.sender, besides: description), secure: isSecure,
                    dialect: session.details.dialect)))
        acknowledge(message, on: session)
    }

    /// A message without an id asks for no receipt.
    private func acknowledge(_ message: Message, on session: Session) {
        guard let id = message.id else { return }
        session.link.send(.receipt(Receipt(id: id, state: .delivered)))
    }

    /// What the sender calls itself, where that is neither our name for it nor the one in its
    /// certificate.
    private func claim(_ sender: String, besides peer: PeerDescription) -> String? {
        guard sender != peer.name, !sender.isEmpty else { return nil }
        let certified = peer.fingerprint.flatMap { book[$0]?.certificateName }
        return sender == certified ? nil : sender
    }
}
