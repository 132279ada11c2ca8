import ChatValues
import Logging

/// A refusal of a contact's dial that the user has been told of already.
struct Told: Hashable {
    let fingerprint: Fingerprint
    let reason: Refusal.Reason
}

/// What did not become a session: told, and remembered where the user may want to accept it.
extension Node {
    /// A connection failed or was turned away before it was a session.
    public func attemptFailed(_ attempt: FailedAttempt) {
        guard !isStopping else { return }
        var attempt = attempt
        attempt.certificateName = attempt.certificateName.map(Self.bounded)
        let (reason, contact) = judge(attempt)
        if reason == .unknownCertificate, let fingerprint = attempt.fingerprint,
            let address = attempt.address
        {
            if book[fingerprint] != nil {
                // Accepted while the handshake went on: the next one will do.
                if attempt.direction == .outbound { pursue(fingerprint, at: address) }
                return
            }
            if configuration.acceptNew, attempt.direction == .outbound {
                return acceptNew(fingerprint, attempt.certificateName, at: address)
            }
            note(fingerprint, attempt.certificateName, at: address, attempt.direction)
        }
        switch (attempt.direction, attempt.expected) {
        case (.inbound, _):
            guard !readingPaused, isWithinRate(reason) else { return }
        case (.outbound, let expected?):
            dialCameToNothing(expected)
            guard isNews(reason, of: expected, at: attempt.address) else { return }
        case (.outbound, nil):
            break
        }
        let refusal = refusal(attempt, reason, contact)
        if !isSecure, attempt.direction == .outbound, let address = attempt.address {
            plainDials.remove(address)
            failAll(.plain(address), refusal.explanation)
        }
        emit(.refused(refusal))
    }

    /// What the program tries again and again by itself is told once; what the user asked for,
    /// each time.
    private func isNews(
        _ reason: Refusal.Reason, of contact: Fingerprint, at address: PeerAddress?
    ) -> Bool {
        // Removed while the dial was on its way.
        guard book[contact] != nil else { return false }
        let isAnswer = isAnswer(at: address, for: contact)
        return told.insert(Told(fingerprint: contact, reason: reason)).inserted || isAnswer
    }

    /// Strangers must not fill the screen, nor the memory of a front end that has stopped reading.
    private func isWithinRate(_ reason: Refusal.Reason) -> Bool {
        refusals[reason, default: TokenBucket(capacity: 100, perSecond: 2)]
            .take(now: configuration.now())
    }

    /// `--accept-new`: trusts who answers where the user told us to dial, and dials again.
    private func acceptNew(_ fingerprint: Fingerprint, _ name: String?, at address: PeerAddress) {
        log.notice(
            "a new certificate is trusted",
            metadata: ["fingerprint": "\(fingerprint)", "address": "\(address)"])
        Task {
            do throws(NodeFailure) {
                try await trust(fingerprint, name: nil, certificateName: name)
                pursue(fingerprint, at: address)
            } catch {
                emit(.failure(error))
            }
        }
    }

    private func note(
        _ fingerprint: Fingerprint, _ name: String?, at address: PeerAddress,
        _ direction: Direction
    ) {
        let now = configuration.now()
        let request = ContactRequest(
            name: name ?? "", fingerprint: fingerprint, address: address, direction: direction,
            firstSeen: now, lastSeen: now)
        guard case .new(let added, let evicted) = requests.note(request) else { return }
        if let evicted { saveLater(request: evicted.fingerprint) }
        saveLater(request: fingerprint)
        emit(.request(added))
    }

    private func refusal(
        _ attempt: FailedAttempt, _ reason: Refusal.Reason, _ contact: Contact?
    ) -> Refusal {
        let explanation = Explanation(
            direction: attempt.direction, address: attempt.address, name: attempt.certificateName,
            fingerprint: attempt.fingerprint, contact: contact, detail: attempt.detail)
        return Refusal(
            reason: reason, direction: attempt.direction, address: attempt.address,
            fingerprint: attempt.fingerprint, name: attempt.certificateName, contact: contact,
            explanation: explanation.sentence(for: reason))
    }

    /// What an unknown certificate comes to, and which contact it concerns.
    private func judge(_ attempt: FailedAttempt) -> (Refusal.Reason, Contact?) {
        let expected = attempt.expected.flatMap { book[$0] }
        guard attempt.reason == .unknownCertificate, let fingerprint = attempt.fingerprint else {
            return (attempt.reason, expected)
        }
        if fingerprint == self.fingerprint { return (.ourselves, expected) }
        // A contact's own certificate, at another's address, poses as nobody.
        if book[fingerprint] == nil, let name = attempt.certificateName,
            let victim = book.impersonated(byName: name, fingerprint: fingerprint)
        {
            return (.changedCertificate, victim)
        }
        return (attempt.expected == nil ? .unknownCertificate : .wrongContact, expected)
    }
}
