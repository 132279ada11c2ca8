import P2PChat

/// The node's events as a person is told of them.
extension Transcript {
    /// Lines to show, or nil where the event is not worth a person's while, or is shown by whoever
    /// keeps track of it: messages of our own, and certificates that are asked about.
    mutating func text(for event: NodeEvent, at now: Double) -> String? {
        switch event {
        case .listening(let address):
            return notice(["Listening on \(address)."], at: now)
        case .connected(let peer, _, let dialect):
            let place = peer.address.map { " (\($0))" } ?? ""
            let kind = dialect == .seed && isSecure ? ", with the original program's dialect" : ""
            return notice(["\(shown(peer)) is online\(place)\(kind)."], at: now)
        case .disconnected(let peer, _, let reason):
            let why = SafeText.singleLine(reason, limit: 200)
            return notice(
                ["\(shown(peer)) is offline\(why.isEmpty ? "" : " (\(why))")."], at: now)
        case .message(let message):
            return incoming(message)
        case .presence(let peer, let state):
            return presence(of: peer, state, at: now)
        case .request(let request):
            return request.direction == .inbound ? self.request(request, at: now) : nil
        case .refused(let refusal):
            return refused(refusal, at: now)
        case .failure(let failure):
            return notice([failure.description], at: now, .warning)
        case .queued, .sent, .delivered, .read, .typing, .contactsChanged, .stopped:
            return nil
        }
    }

    private mutating func presence(
        of peer: PeerDescription, _ state: PresenceState, at now: Double
    ) -> String? {
        switch state {
        case .away: notice(["\(shown(peer)) is away."], at: now)
        case .online: notice(["\(shown(peer)) is online."], at: now)
        // With TLS the end of the session says so; in plain text each message has one of its own.
        case .offline: isSecure ? nil : notice(["\(shown(peer)) is offline."], at: now)
        }
    }

    private mutating func request(_ request: ContactRequest, at now: Double) -> String {
        let name = SafeText.singleLine(request.name, limit: 64)
        return notice(
            [
                "\"\(name)\" at \(request.address) would like to talk to you, and was refused:",
                "you have not accepted this certificate:",
                "\(request.fingerprint)",
                "Compare it with them by another way. Then /accept \(Self.reference(to: request)), "
                    + "or /reject it.",
            ], at: now, .warning)
    }

    /// What to call a request by: the name, where it can be typed.
    static func reference(to request: ContactRequest) -> String {
        reference(to: request.fingerprint, name: request.name)
    }

    static func reference(to fingerprint: Fingerprint, name: String) -> String {
        (try? UserName(name))?.text ?? "\(fingerprint)"
    }

    private mutating func refused(_ refusal: Refusal, at now: Double) -> String {
        guard refusal.reason == .changedCertificate, let contact = refusal.contact else {
            return notice([refusal.explanation], at: now, .warning)
        }
        let name = SafeText.singleLine(contact.name, limit: 64)
        let place = refusal.address.map { "\($0)" } ?? "an unknown address"
        return notice(
            [
                "WARNING: THE CERTIFICATE OF \(name) HAS CHANGED",
                "Somebody at \(place) may be posing as \(name), and was refused.",
                "Pinned: \(contact.fingerprint)",
                "Shown:  \(refusal.fingerprint.map { "\($0)" } ?? "none")",
                "If \(name) has made a new certificate, ask for its fingerprint by another way. "
                    + "Only if it is the one shown, import the new file: /trust FILE --replace",
            ], at: now, .alarm)
    }
}
