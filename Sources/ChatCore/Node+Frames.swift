import ChatValues
public import ChatWire

/// What peers say.
extension Node {
    /// Frames in the order in which they came, as many as one read brought.
    public func received(_ frames: [Frame], on id: SessionID) {
        // None of what follows ends a session or removes a contact: both have turns of their own.
        guard let session = sessions[id], isHeard(session) else { return }
        // One batch for all that one read brought, at once, so that what it leads to goes out with
        // the end of this turn.
        keepingJournal {
            for frame in frames { take(frame, on: session) }
            flushTouched()
        }
    }

    private func take(_ frame: Frame, on session: Session) {
        switch frame {
        case .message(let message): take(message, on: session)
        case .receipt(let receipt): take(receipt, from: session.peer)
        case .presence(let presence): take(presence, on: session)
        case .presenceList(let list): take(list, on: session)
        case .typing(let typing):
            if typing.active { emit(.typing(describe(session.peer))) }
        case .bye(let bye): session.farewell = bye
        case .error(let error): emit(.failure(failure(of: error, on: session)))
        case .hello, .ping, .pong, .unknown:
            // The transport answers these, or nobody does.
            break
        }
    }

    /// A contact that was removed is not listened to any more.
    private func isHeard(_ session: Session) -> Bool {
        guard case .contact(let fingerprint) = session.peer else { return true }
        return shown(fingerprint) != nil
    }

    private func failure(of error: ErrorFrame, on session: Session) -> NodeFailure {
        let words = error.reason.isEmpty ? error.code.rawValue : error.reason
        return NodeFailure(
            .peerError,
            "\(shown(session.peer))'s program ended the session: "
                + SafeText.singleLine(words, limit: 200))
    }
}
