public import ChatValues
public import ChatWire
import Logging

/// What the transport tells the node. All of it on the node's executor.
extension Node {
    /// A session is up: the pinned handshake is over and, in the native dialect, the peer's hello
    /// has come.
    public func sessionOpened(
        _ id: SessionID, _ details: SessionDetails, link: any SessionLink
    ) {
        guard !isStopping else { return link.close(Bye(reason: .quit)) }
        let peer: PeerKey
        if let fingerprint = details.fingerprint {
            // The contact may have been removed while the handshake went on.
            guard book[fingerprint] != nil else { return link.close(Bye(reason: .rejected)) }
            peer = .contact(fingerprint)
        } else {
            peer = .plain(details.dialled ?? details.remote)
        }
        let session = Session(
            id: id, peer: peer, details: details, link: link, openedAt: configuration.now())
        let older = current[peer].flatMap { sessions[$0] }
        if let older, let own = fingerprint,
            !Session.newerStays(older: older.details, newer: details, own: own)
        {
            // Kept on the books until it has closed: what it still brings is read.
            sessions[id] = session
            link.close(Bye(reason: .duplicate))
            older.link.probe()
            return
        }
        sessions[id] = session
        current[peer] = id
        if readingPaused { link.setReading(false) }
        if let older { retire(older, for: details) }
        if let fingerprint = details.fingerprint {
            transport?.stopReaching(fingerprint)
            asked[fingerprint] = nil
            toldRefusals = toldRefusals.filter { $0.fingerprint != fingerprint }
            learn(from: details, of: fingerprint)
        }
        if older == nil {
            let description = describe(peer)
            emit(.connected(description, secure: isSecure, dialect: details.dialect))
            // In plain text only an announcement says that somebody is online.
            if isSecure { emit(.presence(description, .online)) }
        }
        if session.speaksPresence { link.send(.presence(presence(ownPresence, seenFrom: session))) }
        flush(peer)
    }

    private func retire(_ older: Session, for newer: SessionDetails) {
        let sameRun = newer.hello?.instance != nil
            && newer.hello?.instance == older.details.hello?.instance
        let crossed = sameRun && newer.direction != older.details.direction
        settle(older)
        older.link.close(Bye(reason: crossed ? .duplicate : .replaced))
    }

    /// What was on the wire of a session that is over.
    private func settle(_ session: Session) {
        guard outboxes[session.peer] != nil else { return }
        guard session.details.dialect == .seed else {
            outboxes[session.peer]?.requeue()
            return
        }
        for lost in outboxes[session.peer]?.abandonInFlight() ?? [] {
            emit(.failure(NodeFailure(
                .unconfirmed,
                "\(shown(session.peer)) did not confirm a message before the connection ended: it "
                    + "may or may not have arrived, so it is not sent again by itself.",
                reference: lost.reference)))
        }
    }

    /// Frames in the order in which they came, as many as one read brought.
    public func received(_ frames: [Frame], on id: SessionID) {
        for frame in frames {
            guard let session = sessions[id] else { return }
            switch frame {
            case .message(let message): take(message, on: session)
            case .receipt(let receipt): take(receipt, from: session.peer)
            case .presence(let presence): take(presence, on: session)
            case .presenceList(let list): take(list, on: session)
            case .typing(let typing):
                if typing.active { emit(.typing(describe(session.peer))) }
            case .bye(let bye): sessions[id]?.farewell = bye
            case .error(let error):
                emit(.failure(NodeFailure(
                    .peerError,
                    "\(shown(session.peer))'s program ended the session: "
                        + SafeText.singleLine(error.reason, limit: 200))))
            case .hello, .ping, .pong, .unknown:
                // The transport answers these, or nobody does.
                break
            }
        }
    }

    /// The connection is gone. `reason` is a few words, safe to show.
    public func sessionClosed(_ id: SessionID, reason: String) {
        guard let session = sessions.removeValue(forKey: id) else { return }
        guard current[session.peer] == id else { return }
        let description = describe(session.peer)
        current[session.peer] = nil
        settle(session)
        let said = session.farewell.map { farewell(of: $0) } ?? reason
        if let fingerprint = session.peer.fingerprint {
            emit(.presence(description, .offline))
            emit(.disconnected(description, secure: true, reason: said))
            guard !isStopping, let contact = book[fingerprint], !contact.addresses.isEmpty,
                // Our identity talks from another place now: going after the contact again
                // would throw that one out, and it us, without end.
                session.farewell?.reason != .replaced
            else { return }
            transport?.keepReaching(fingerprint, at: contact.addresses)
        } else {
            emit(.disconnected(description, secure: false, reason: said))
            if case .plain(let address) = session.peer, session.details.direction == .inbound {
                plainPeers.forget(address)
                outboxes[session.peer] = nil
                seen[session.peer] = nil
            }
        }
    }

    private func farewell(of bye: Bye) -> String {
        switch bye.reason {
        case .quit?: "left"
        case .replaced?: "your identity is connected from another place"
        case .duplicate?: "a second connection was closed"
        case .rejected?: "you are no longer a contact there"
        case .overloaded?: "too many sessions there"
        default: "said goodbye"
        }
    }

    /// A dial got no connection. `explanation` is one sentence, safe to show.
    public func dialFailed(_ address: PeerAddress, expecting: Fingerprint?, explanation: String) {
        if let expecting {
            // Of what the program tries by itself nobody wants to hear each time.
            guard asked.removeValue(forKey: expecting) != nil else {
                log.debug("dial failed", metadata: ["address": "\(address)"])
                return
            }
            let trying = book[expecting]?.addresses.isEmpty == false ? " Still trying." : ""
            emit(.failure(NodeFailure(.unreachable, explanation + trying)))
        } else {
            let lost = isSecure ? [] : outboxes[.plain(address)]?.removeAll() ?? []
            if lost.isEmpty { emit(.failure(NodeFailure(.unreachable, explanation))) }
            for entry in lost {
                emit(.failure(NodeFailure(
                    .unreachable, "\(explanation) The message was not delivered.",
                    reference: entry.reference)))
            }
        }
    }

    /// Remembers where a contact was reached: what we dialled, or the host it came from with the
    /// port that its hello gave.
    private func learn(from details: SessionDetails, of fingerprint: Fingerprint) {
        guard var contact = book[fingerprint] else { return }
        let before = contact
        if contact.certificateName == nil { contact.certificateName = details.certificateName }
        let port = details.hello?.port.flatMap { $0 > 0 ? $0 : nil }
        let address = details.dialled
            ?? port.map { PeerAddress(host: details.remote.host, port: $0) }
        if let address { contact.remember(address) }
        guard contact != before else { return }
        book.put(contact)
        persistLater { [contact] store in try await store.save(contact) }
    }
}

extension Contact {
    /// How many addresses are kept.
    public static let addressLimit = 8

    /// Puts an address first, and forgets the oldest beyond the limit.
    mutating func remember(_ address: PeerAddress) {
        guard addresses.first != address else { return }
        addresses.removeAll { $0 == address }
        addresses.insert(address, at: 0)
        if addresses.count > Self.addressLimit { addresses.removeLast() }
    }
}
