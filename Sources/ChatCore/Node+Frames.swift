import ChatValues
public import ChatWire

/// What peers say.
extension Node {
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
}
