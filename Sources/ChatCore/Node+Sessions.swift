import ChatValues
import ChatWire
import Logging

/// Sessions as they come and go. All of it on the node's executor.
extension Node {
    /// How many sessions one contact may have. Only peers of the seed dialect have more than one.
    static let sessionsPerContact = 8

    /// A session is up: the pinned handshake is over and, in the native dialect, the peer's hello
    /// has come.
    public func sessionOpened(
        _ id: SessionID, _ details: SessionDetails, link: any SessionLink
    ) {
        guard !isStopping else { return link.close(Bye(reason: .quit)) }
        guard let peer = key(of: details) else { return link.close(Bye(reason: .rejected)) }
        arrivals += 1
        let session = Session(
            id: id, peer: peer, details: details, link: link, openedAt: configuration.now(),
            arrival: arrivals)
        let former = self.session(with: peer)
        // Until it says otherwise: the peer is where it was.
        if let former { session.presence = former.presence }
        sessions[id] = session
        if readingPaused { link.setReading(false) }
        if let former, !takesOver(session, from: former) {
            // Why the peer comes anew may be that it has lost the session that we still have.
            former.link.probe()
            return limitSessions(with: peer)
        }
        current[peer] = id
        limitSessions(with: peer)
        if let fingerprint = details.fingerprint {
            learn(from: details, of: fingerprint)
            if let timestamp = details.hello?.timestamp {
                discovery.clocks[fingerprint] = timestamp - configuration.now()
            }
            if let secret = details.newRendezvous { share(secret, with: fingerprint) }
            if !session.mayBeForOneMessage { arrived(fingerprint) }
        }
        if former == nil {
            let description = describe(peer)
            emit(.connected(description, secure: isSecure, dialect: details.dialect))
            // In plain text only an announcement says that somebody is online.
            if isSecure { emit(.presence(description, .online)) }
        }
        if session.speaksPresence { link.send(.presence(presence(ownPresence, seenFrom: session))) }
        updateDiscovery()
        if let fingerprint = details.fingerprint {
            openOutbox(fingerprint)
            sendReadReceipts(to: fingerprint)
        }
        flush(peer)
    }

    /// Nil for who has no business here.
    private func key(of details: SessionDetails) -> PeerKey? {
        guard isSecure else {
            let address = details.dialled ?? details.remote
            plainDials.remove(address)
            return .plain(address)
        }
        // The contact may have been removed while the handshake went on.
        return details.fingerprint.flatMap { book[$0] }.map { .contact($0.fingerprint) }
    }

    /// Whether a new session takes the place of the one that a peer's messages went out on. One of
    /// two native sessions is ended. In the seed dialect each may be on the way with a message, so
    /// all of them stay.
    private func takesOver(_ newer: Session, from older: Session) -> Bool {
        guard let own = fingerprint, older.details.dialect == .native,
            newer.details.dialect == .native
        else { return newer.isPreferred(to: older) }
        guard Session.newerStays(older: older.details, newer: newer.details, own: own) else {
            leave(newer, Bye(reason: .duplicate))
            return false
        }
        settle(older)
        let areCrossed = Session.areCrossed(older.details, newer.details)
        leave(older, Bye(reason: areCrossed ? .duplicate : .replaced))
        return true
    }

    /// A contact must not take everybody's sessions.
    private func limitSessions(with peer: PeerKey) {
        let all = sessions.values.filter { $0.peer == peer && !$0.isLeaving }
        guard all.count > Self.sessionsPerContact,
            let oldest = all.filter({ $0.id != current[peer] }).min(by: { $0.arrival < $1.arrival })
        else { return }
        leave(oldest, Bye(reason: .overloaded))
    }

    /// Says goodbye. The session stays on the books until the transport reports its end.
    func leave(_ session: Session, _ bye: Bye) {
        guard sessions[session.id]?.isLeaving == false else { return }
        session.isLeaving = true
        session.link.close(bye)
    }

    /// What was on the wire of a session that is over.
    private func settle(_ session: Session) {
        guard outboxes[session.peer] != nil else { return }
        guard session.details.dialect == .seed else {
            outboxes[session.peer]?.requeue(from: session.id)
            return
        }
        for lost in outboxes[session.peer]?.abandon(from: session.id) ?? [] {
            emit(
                .failure(
                    NodeFailure(
                        .unconfirmed,
                        "\(shown(session.peer)) did not confirm a message before the connection ended: it "
                            + "may or may not have arrived, so it is not sent again by itself.",
                        reference: references[session.peer]?[lost.id])))
        }
    }

    /// The connection is gone. `reason` is a few words, safe to show.
    public func sessionClosed(_ id: SessionID, reason: String) {
        guard let session = sessions.removeValue(forKey: id) else { return }
        session.hasEnded = true
        let peer = session.peer
        guard current[peer] == id else { return settle(session) }
        var description = describe(peer)
        // Where the session was: the books do not say it any more.
        if peer.fingerprint != nil { description.address = session.details.remote }
        let heir = sessions.values.filter { $0.peer == peer && !$0.isLeaving }
            .max { $1.isPreferred(to: $0) }
        current[peer] = heir?.id
        settle(session)
        if let heir {
            if heir.presence != session.presence { emit(.presence(description, heir.presence)) }
        } else {
            let said = session.farewell.map { farewell(of: $0) } ?? reason
            if isSecure { emit(.presence(description, .offline)) }
            emit(.disconnected(description, secure: isSecure, reason: said))
        }
        updateDiscovery()
        switch peer {
        case .contact(let fingerprint):
            if heir == nil {
                // All of it is on disk.
                outboxes[peer] = nil
                typing[fingerprint] = nil
            }
            // Our identity talks from another place now: going after the contact again would
            // throw that one out, and it us, without end.
            if session.farewell?.reason != .replaced { reachAgain(fingerprint) }
        case .plain(let address):
            if heir == nil { plainSessionClosed(session, address) }
        }
        flush(peer)
    }

    private func plainSessionClosed(_ session: Session, _ address: PeerAddress) {
        plainPeers.forget(address)
        if session.details.direction == .inbound {
            // Nobody listens at the port that a connection comes from.
            failAll(.plain(address), "\(address) hung up.")
        } else if outboxes[session.peer]?.isEmpty == false {
            // Each connection takes at least one message out of the outbox, so this ends.
            dialPlain(address)
        } else {
            outboxes[session.peer] = nil
            references[session.peer] = nil
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

    /// Remembers where a contact was reached: what we dialled, or the host it came from with the
    /// port that its hello gave.
    private func learn(from details: SessionDetails, of fingerprint: Fingerprint) {
        guard var contact = book[fingerprint] else { return }
        let before = contact
        if contact.certificateName == nil {
            contact.certificateName = details.certificateName.map(Self.bounded)
        }
        if let dialled = details.dialled {
            contact.remember(
                KnownAddress(
                    dialled, origin: origin(of: dialled, fingerprint) ?? .manual,
                    workedAt: configuration.now()))
        } else if configuration.proxy == nil, let port = details.hello?.port, port > 0 {
            // Behind a proxy's own way in everybody comes from that.
            contact.remember(
                KnownAddress(
                    PeerAddress(host: details.remote.host, port: port), origin: .session))
        }
        guard contact != before else { return }
        book.put(contact)
        saveLater(contact: fingerprint)
    }
}

extension Contact {
    /// How many addresses are kept.
    public static let addressLimit = 8

    /// Puts an address first, and forgets the oldest beyond the limit. What was known of the
    /// address stays known.
    mutating func remember(_ known: KnownAddress) {
        var known = known
        if let before = knownAddresses.first(where: { $0.address == known.address }) {
            known.workedAt = known.workedAt ?? before.workedAt
            // The user's word stays the user's; what came of itself is as it was heard last.
            if before.origin == .manual { known.origin = .manual }
        }
        knownAddresses.removeAll { $0.address == known.address }
        knownAddresses.insert(known, at: 0)
        if knownAddresses.count > Self.addressLimit { knownAddresses.removeLast() }
    }
}
