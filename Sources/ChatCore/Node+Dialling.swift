public import ChatValues
import Logging

/// Where the user told us to look for a contact.
struct Quest {
    let address: PeerAddress
    /// The user has been told how it went there.
    var isAnswered = false
}

/// Going after people, and hearing that they can't be reached.
extension Node {
    /// The user asks for a connection. How it ends comes as events.
    ///
    /// - Parameter peer: whom to expect there, by name or fingerprint; nil takes any contact, and
    ///   makes a request of a certificate that is not known.
    public func connect(to address: PeerAddress, expecting peer: String? = nil) throws(NodeFailure)
    {
        try requireRunning()
        guard address.port > 0 else {
            throw NodeFailure(.badAddress, "\(address) has no port to dial: give HOST:PORT.")
        }
        guard let transport else {
            throw NodeFailure(.stopping, "The program has not started yet: try again in a moment.")
        }
        if let peer {
            let fingerprint = try contact(peer).fingerprint
            pursue(fingerprint, at: address)
        } else if isSecure {
            transport.dial(address, expecting: nil)
        } else {
            dialPlain(address)
        }
    }

    /// Goes after a contact where the user said that they are.
    func pursue(_ fingerprint: Fingerprint, at address: PeerAddress) {
        guard needsReaching(fingerprint) else { return }
        asked[fingerprint] = Quest(address: address)
        reach(fingerprint)
    }

    /// Goes after a contact at once, if there is a reason and an address to.
    func reach(_ fingerprint: Fingerprint) {
        guard !isStopping, needsReaching(fingerprint) else { return }
        let addresses = addresses(of: fingerprint)
        guard !addresses.isEmpty else { return }
        transport?.keepReaching(fingerprint, at: addresses)
    }

    /// Goes after a contact whose session has ended, with a pause.
    func reachAgain(_ fingerprint: Fingerprint) {
        guard !isStopping, needsReaching(fingerprint) else { return }
        let addresses = addresses(of: fingerprint)
        guard !addresses.isEmpty else { return }
        transport?.reachAgain(fingerprint, at: addresses)
    }

    private func needsReaching(_ fingerprint: Fingerprint) -> Bool {
        guard shown(fingerprint) != nil else { return false }
        return session(with: .contact(fingerprint))?.mayBeForOneMessage ?? true
    }

    /// What the user said first, then what was found, then what is known.
    func addresses(of fingerprint: Fingerprint) -> [PeerAddress] {
        let asked = asked[fingerprint].map { [$0.address] } ?? []
        let known =
            (discovery.candidates[fingerprint] ?? [])
            + (book[fingerprint]?.knownAddresses ?? [])
        // Another machine dials for us: it is not asked for what is near this one.
        let reachable =
            configuration.proxy == nil ? known : known.filter(\.meansTheSameElsewhere)
        var seen: Set<PeerAddress> = []
        return (asked + reachable.map(\.address)).filter { seen.insert($0).inserted }
    }

    /// The contact is there: what it took to get so far is forgotten.
    func arrived(_ fingerprint: Fingerprint) {
        transport?.stopReaching(fingerprint)
        asked[fingerprint] = nil
        told = told.filter { $0.fingerprint != fingerprint }
    }

    /// Dials in plain text, once at a time.
    func dialPlain(_ address: PeerAddress) {
        guard current[.plain(address)] == nil, plainDials.insert(address).inserted else { return }
        transport?.dial(address, expecting: nil)
    }

    /// A dial got no connection. `explanation` is one sentence, safe to show.
    public func dialFailed(_ address: PeerAddress, expecting: Fingerprint?, explanation: String) {
        guard let expecting else {
            plainDials.remove(address)
            if !failAll(.plain(address), explanation) {
                emit(.failure(NodeFailure(.unreachable, explanation)))
            }
            return
        }
        dialCameToNothing(expecting)
        // Of what the program tries by itself nobody wants to hear each time.
        guard isAnswer(at: address, for: expecting) else {
            log.debug("dial failed", metadata: ["address": "\(address)"])
            return
        }
        emit(.failure(NodeFailure(.unreachable, explanation + " Still trying.")))
    }

    /// Whether this is what the user waits to hear: how it went with a contact at the address
    /// given. True once.
    func isAnswer(at address: PeerAddress?, for fingerprint: Fingerprint) -> Bool {
        guard let quest = asked[fingerprint], quest.address == address, !quest.isAnswered else {
            return false
        }
        asked[fingerprint]?.isAnswered = true
        return true
    }

    /// Nobody listens: the connection that a peer of the seed dialect has opened is the only way
    /// to it, and so it is no original program's.
    func dialCameToNothing(_ fingerprint: Fingerprint) {
        let peer = PeerKey.contact(fingerprint)
        guard let session = session(with: peer), session.mayBeForOneMessage else { return }
        sessions[session.id]?.dialHasFailed = true
        flush(peer)
    }

    /// Gives up all messages to an address in plain text. False when there were none.
    @discardableResult
    func failAll(_ peer: PeerKey, _ explanation: String) -> Bool {
        let references = references.removeValue(forKey: peer)
        guard let outbox = outboxes.removeValue(forKey: peer), !outbox.isEmpty else { return false }
        for entry in outbox.entries {
            emit(
                .failure(
                    NodeFailure(
                        .unreachable, "\(explanation) The message was not delivered.",
                        reference: references?[entry.id])))
        }
        return true
    }
}
