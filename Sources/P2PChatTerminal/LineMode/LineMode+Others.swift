import P2PChat

/// What other programs do in the person's name, through the control socket.
extension LineMode {
    func acted(_ act: ControlAct) async {
        switch act {
        case .sent(let content, let contact, _):
            let peer = PeerDescription(contact)
            var note = "from another program"
            if !isThere(peer) { note += "; waits until \(transcript.shown(peer)) is there" }
            transcript.columns = screen.columns
            await screen.show(
                transcript.outgoing(content, to: peer, at: surroundings.now(), note: note))
        case .connecting(let address):
            await notice(["Connecting to \(address) for another program…"])
        case .trusted(let contact):
            await tellTrusted(contact)
        case .removed(let contact):
            let name = SafeText.singleLine(contact.name, limit: 64)
            await notice([
                "You no longer trust \(name) with the certificate", "\(contact.fingerprint)",
            ])
        case .verified(let contact):
            await notice(["\(SafeText.singleLine(contact.name, limit: 64)) is verified."])
        case .rejected(let fingerprint):
            await refreshNames()
            await notice(["Rejected: the request of", "\(fingerprint)"])
        case .presence(let state):
            isAway = state == .away
            await notice([isAway ? "You are away; /back ends it." : "You are back."])
        case .forgotten(let count, let peer):
            if let contact = peer.fingerprint { shown.forget(contact) }
            await notice([
                "\(count.of("message")) with \(transcript.shown(peer)) forgotten, by another "
                    + "program."
            ])
        case .retention(let seconds, let peer):
            await notice([RetentionTerm.sentence(seconds, with: transcript.shown(peer))])
        }
    }
}

extension PeerDescription {
    init(_ contact: Contact) {
        self.init(
            name: contact.name, fingerprint: contact.fingerprint, trust: contact.trust,
            address: contact.addresses.first)
    }
}
