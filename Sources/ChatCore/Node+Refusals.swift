import ChatValues

/// What did not become a session: told, remembered where the user may want to accept it, and
/// explained.
extension Node {
    /// The user asks for a connection. How it ends comes as events.
    ///
    /// - Parameter peer: whom to expect there, by name or fingerprint; nil takes any contact, and
    ///   makes a request of a certificate that is not known.
    public func connect(to address: PeerAddress, expecting peer: String? = nil) throws(NodeFailure) {
        guard address.port > 0 else {
            throw NodeFailure(.badAddress, "\(address) has no port to dial: give HOST:PORT.")
        }
        guard !isStopping, let transport else {
            throw NodeFailure(.stopping, "The program is about to end.")
        }
        guard let peer else { return transport.dial(address, expecting: nil) }
        let contact = try contact(peer)
        guard current[.contact(contact.fingerprint)] == nil else { return }
        asked[contact.fingerprint] = address
        var addresses = contact.addresses.filter { $0 != address }
        addresses.insert(address, at: 0)
        transport.keepReaching(contact.fingerprint, at: addresses)
    }

    /// A connection failed or was turned away before it was a session.
    public func attemptFailed(_ attempt: FailedAttempt) {
        guard !isStopping else { return }
        let refusal = explain(attempt)
        if refusal.reason == .unknownCertificate {
            note(attempt, name: refusal.name ?? "")
        }
        // What the program tries again and again by itself is told once.
        if attempt.direction == .outbound, let expected = attempt.expected {
            let wasAsked = asked.removeValue(forKey: expected) != nil
            guard wasAsked || toldRefusals.insert(Told(expected, refusal.reason)).inserted else {
                return
            }
        }
        guard refusals.take(now: configuration.now()) else { return }
        emit(.refused(refusal))
    }

    private func note(_ attempt: FailedAttempt, name: String) {
        guard let fingerprint = attempt.fingerprint, let address = attempt.address else { return }
        if configuration.acceptNew, attempt.direction == .outbound {
            Task {
                do throws(NodeFailure) {
                    try await trust(fingerprint, name: nil, certificateName: name)
                    transport?.keepReaching(fingerprint, at: [address])
                } catch {
                    emit(.failure(error))
                }
            }
            return
        }
        let now = configuration.now()
        let request = ContactRequest(
            name: name, fingerprint: fingerprint, address: address, direction: attempt.direction,
            firstSeen: now, lastSeen: now)
        guard case .new(let added, let evicted) = requests.note(request) else { return }
        persistLater { store in
            if let evicted { try await store.removeRequest(evicted.fingerprint) }
            try await store.save(added)
        }
        emit(.request(added))
    }

    private func explain(_ attempt: FailedAttempt) -> Refusal {
        var reason = attempt.reason
        var contact = attempt.expected.flatMap { book[$0] }
        let shownName = attempt.certificateName.map { SafeText.singleLine($0, limit: 64) }
        if reason == .unknownCertificate, let fingerprint = attempt.fingerprint {
            if fingerprint == self.fingerprint {
                reason = .ourselves
            } else if let name = attempt.certificateName,
                let victim = book.impersonated(byName: name, fingerprint: fingerprint)
            {
                reason = .changedCertificate
                contact = victim
            } else if attempt.expected != nil {
                reason = .wrongContact
            }
        }
        let place = attempt.address.map { "\($0)" } ?? "an unknown address"
        return Refusal(
            reason: reason, direction: attempt.direction, address: attempt.address,
            fingerprint: attempt.fingerprint, name: attempt.certificateName, contact: contact,
            explanation: Explanation(
                direction: attempt.direction, place: place, name: shownName,
                fingerprint: attempt.fingerprint, contact: contact,
                detail: attempt.detail.map { SafeText.singleLine($0, limit: 200) }
            ).sentence(for: reason))
    }
}

/// A refusal of a contact's dial that the user has been told of already.
struct Told: Hashable {
    let fingerprint: Fingerprint
    let reason: Refusal.Reason

    init(_ fingerprint: Fingerprint, _ reason: Refusal.Reason) {
        self.fingerprint = fingerprint
        self.reason = reason
    }
}

/// The words for a refusal. Every text in here is safe to show already.
struct Explanation {
    let direction: Direction
    let place: String
    let name: String?
    let fingerprint: Fingerprint?
    let contact: Contact?
    let detail: String?

    private var who: String {
        direction == .inbound ? "A connection from \(place)" : "The connection to \(place)"
    }
    private var shown: String { fingerprint.map { "\($0)" } ?? "none" }
    private var label: String { contact.map { SafeText.singleLine($0.name) } ?? "the contact" }
    private var because: String { detail.map { " (\($0))" } ?? "" }

    func sentence(for reason: Refusal.Reason) -> String {
        switch reason {
        case .unknownCertificate:
            direction == .inbound
                ? "\(who) was refused: \"\(name ?? "")\" with the certificate \(shown) is not a "
                    + "contact; accept the request to let them in."
                : "\(who) was refused: \"\(name ?? "")\" answers there with the unknown "
                    + "certificate \(shown); compare it with your friend and accept it."
        case .changedCertificate:
            "\(label)'S CERTIFICATE HAS CHANGED: \(place) came as \"\(name ?? "")\" with the "
                + "certificate \(shown), but \(contact.map { "\($0.fingerprint)" } ?? "another") is "
                + "pinned. Somebody may be posing as \(label). It was refused; if \(label) made a "
                + "new certificate, ask for its fingerprint by another way, and import it with "
                + "--replace only if it is this one."
        case .wrongContact:
            "\(who) was refused: \"\(name ?? "")\" with the certificate \(shown) answered instead "
                + "of \(label), and nothing was sent; check the address."
        case .noCertificate:
            "\(who) was refused: it showed no certificate."
        case .notAsked:
            "\(who) was ended: the other side did not ask for your certificate, so it is not a "
                + "p2pchat, and nothing was sent."
        case .refusedByPeer:
            "\(who) was refused by \(label): your certificate is not accepted there yet; send "
                + "them your certificate, or ask them to accept your request."
        case .protocolMismatch:
            "\(who) was refused: it does not speak TLS 1.3 with the protocol p2pchat/1\(because)."
        case .notTLS:
            "\(who) was refused: what came was not TLS\(because)."
        case .handshakeFailed:
            "\(who) was refused: the TLS handshake failed\(because)."
        case .timeout:
            direction == .inbound
                ? "\(who) was ended: it did not finish its handshake in time."
                : "\(who) was ended: the other side fell silent before it had answered."
        case .closed:
            "\(who) was closed by the other side before it was established\(because)."
        case .overloaded:
            "\(who) was dropped: there are too many connections at once."
        case .badHello:
            "\(who) was refused: the other side did not introduce itself as p2pchat/1\(because)."
        case .ourselves:
            "\(who) was refused: it is your own identity; give your friend's address."
        }
    }
}
