import P2PChat

/// What the node tells.
extension LineMode {
    func handle(_ event: NodeEvent) async {
        let now = surroundings.now()
        switch event {
        case .connected(let peer, _, _):
            if node.isSecure { presence[key(peer)] = .online }
            // In plain text there is a connection for each message: nobody wants to hear of those
            // that he did not ask for.
            let wasAsked = peer.address.map { dialled.remove($0) != nil } ?? false
            if node.isSecure || wasAsked { await show(event) }
            if current == nil { await open(reference(to: peer), peer) } else { updatePrompt() }
            if !node.isSecure { await refreshNames() }
        case .disconnected(let peer, _, _):
            presence[key(peer)] = .offline
            // At the end all of them close.
            if node.isSecure, !departure.isRequested { await show(event) }
            updatePrompt()
            let waiting = outgoing.disconnected(peer)
            if waiting > 0, node.isSecure {
                await notice([Self.waiting(waiting, for: transcript.shown(peer))])
            }
        case .presence(let peer, let state):
            let before = presence.updateValue(state, forKey: key(peer))
            if before != state, !(before == nil && node.isSecure) { await show(event) }
            updatePrompt()
            if !node.isSecure { await refreshNames() }
        case .message(let message): await take(message)
        case .queued(let status):
            if let position = status.position, let contact = status.peer.fingerprint {
                _ = shown.live(position, with: contact, isIncoming: false)
            }
            guard let reference = status.reference, status.isFromControlSocket else { return }
            outgoing.add(reference, to: status.peer, at: now, isTold: !isThere(status.peer))
        case .typing(let peer):
            writing[key(peer)] = now
            updatePrompt()
        case .delivered(let status):
            guard let reference = status.reference,
                let peer = outgoing.delivered(reference)
            else { return }
            await notice(["Delivered: \(transcript.shown(peer)) has what was waiting."])
        case .failure(let failure):
            if let reference = failure.reference { outgoing.failed(reference) }
            await show(event)
        case .request(let request):
            await refreshNames()
            if request.direction == .inbound { await show(event) }
        case .refused(let refusal):
            await refused(refusal, at: now)
        case .contactsChanged:
            await refreshNames()
            await followCurrent()
        default:
            await show(event)
        }
    }

    private func show(_ event: NodeEvent) async {
        transcript.columns = screen.columns
        if let text = transcript.text(for: event, at: surroundings.now()) {
            await screen.show(text)
        }
    }

    private func take(_ message: IncomingMessage) async {
        writing[key(message.peer)] = nil
        var isNew = true
        if let position = message.position, let contact = message.peer.fingerprint {
            isNew = shown.live(position, with: contact, isIncoming: true)
        }
        if isNew { await show(.message(message)) }
        await follow(message.peer)
        updatePrompt()
        await markSeen()
    }

    /// Who writes first is whom we talk to; and in plain text the first message says how the other
    /// side calls itself.
    private func follow(_ peer: PeerDescription) async {
        if current == nil {
            await open(reference(to: peer), peer)
        } else if !node.isSecure, let address = peer.address, current?.peer.address == address,
            current?.peer.name != peer.name
        {
            current?.peer.name = peer.name
            updatePrompt()
        }
    }

    private func refused(_ refusal: Refusal, at now: Double) async {
        switch (refusal.reason, refusal.direction) {
        case (.unknownCertificate, .inbound):
            // The request says it, once.
            return
        case (.unknownCertificate, .outbound):
            guard screen.isInteractive, let fingerprint = refusal.fingerprint,
                let address = refusal.address
            else { break }
            await askToTrust(fingerprint, name: refusal.name ?? "", at: address)
            return
        default: break
        }
        guard refusal.direction == .outbound || quiet.admits(refusal.reason, at: now) else {
            return
        }
        await show(.refused(refusal))
    }

    /// A contact's label may have changed, or the contact be gone.
    private func followCurrent() async {
        guard node.isSecure, let fingerprint = current?.peer.fingerprint else { return }
        if let contact = try? await node.contact(fingerprint.description) {
            current?.peer.name = contact.name
            current?.peer.trust = contact.trust
        } else {
            current = nil
        }
        updatePrompt()
    }

    /// Seconds after which somebody who was heard to be writing is no longer taken to be.
    private static let writingPatience = 6.0

    /// To be called about once a second.
    func tick() async {
        let now = surroundings.now()
        let stale = writing.filter { abs(now - $0.value) > Self.writingPatience }.keys
        for key in stale { writing[key] = nil }
        if !stale.isEmpty { updatePrompt() }
        for peer in outgoing.overdue(at: surroundings.now()) {
            let name = transcript.shown(peer)
            let isThere = presence[key(peer)].map { $0 != .offline } ?? !node.isSecure
            await notice([
                isThere ? "\(name) has not confirmed your message yet." : Self.waiting(1, for: name)
            ])
        }
    }

    static func waiting(_ count: Int, for name: String) -> String {
        count == 1
            ? "Your message waits until \(name) is back."
            : "\(count) messages wait until \(name) is back."
    }
}
