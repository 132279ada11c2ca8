#if Desktop
import ChatDesktopModel
import P2PChat

/// What the node says.
extension Chat {
    func take(_ events: [NodeEvent]) {
        var arrived: [IncomingMessage] = []
        var contactsChanged = false
        for event in events {
            if case .message(let message) = event {
                arrived.append(message)
                continue
            }
            take(arrived)
            arrived = []
            if case .contactsChanged = event {
                contactsChanged = true
            } else {
                take(event)
            }
        }
        take(arrived)
        showList()
        if contactsChanged { Task { await refreshContacts() } }
    }

    private func take(_ event: NodeEvent) {
        switch event {
        case .listening(let address):
            listening = address
            sidebar.show(listening: address)
        case .connected(let peer, _, _):
            change(peer) { $0.presence = .online }
            Task { await refreshContacts() }
        case .disconnected(let peer, _, _):
            let now = Clock.now()
            change(peer) { item in
                item.presence = .offline
                item.lastSeen = now
            }
            keepLastSeen(peer, now)
            Task { await refreshContacts() }
        case .presence(let peer, let state):
            change(peer) { $0.presence = state }
            showHeader()
        case .queued(let status): queued(status)
        case .sent(let status): mark(status, .sent)
        case .delivered(let status): mark(status, .delivered)
        case .read(let status): mark(status, .read)
        case .typing(let peer):
            if ConversationID(peer) == selected { pane.header.showTyping() }
        case .request(let request):
            Task { await refreshContacts() }
            notifier.announce(request, window: window, settings)
        case .refused(let refusal): refused(refusal)
        case .failure(let failure): failed(failure)
        case .message, .contactsChanged, .stopped: break
        }
    }

    /// In plain text whoever shows up is listed.
    private func change(_ peer: PeerDescription, _ body: (inout ContactItem) -> Void) {
        let id = plainID(peer) ?? ConversationID(peer)
        if list[id] == nil, peer.fingerprint == nil {
            list.add(ContactItem(id: id, name: peer.name))
        }
        list.change(id, body)
    }

    private func keepLastSeen(_ peer: PeerDescription, _ time: Double) {
        guard let fingerprint = peer.fingerprint, let store = running.store else { return }
        Task.detached {
            // A nicety: where the disk won't have it, the next time will do.
            try? await store.setPreferences([Chat.lastSeenName(fingerprint): "\(time)"])
        }
    }

    /// Several at once: a burst is laid out in one go.
    private func take(_ messages: [IncomingMessage]) {
        guard !messages.isEmpty else { return }
        var shown: [ChatEntry] = []
        for message in messages {
            let id = plainID(message.peer) ?? ConversationID(message.peer)
            if message.peer.fingerprint == nil, list[id] == nil {
                list.add(ContactItem(id: id, name: message.peer.name, presence: .online))
            }
            let entry = ChatEntry(message)
            if id == selected {
                shown.append(entry)
            } else {
                list.change(id) { $0.unread += 1 }
                if message.peer.fingerprint == nil {
                    var talk = plainTalks[id] ?? Transcript(now: Clock.now)
                    _ = talk.append([entry], following: true)
                    plainTalks[id] = talk
                }
            }
        }
        if let last = messages.last {
            let id = plainID(last.peer) ?? ConversationID(last.peer)
            list.note(id, text: last.content, isOurs: false, time: last.receivedAt)
            notifier.announce(
                last, count: messages.count, window: window, settings, selected: id == selected)
        }
        if !shown.isEmpty { append(shown) }
    }

    private func queued(_ status: OutgoingStatus) {
        guard let reference = status.reference, let written = pending[reference] else { return }
        let entry = ChatEntry(ours: written.text, status, at: Clock.now())
        list.note(written.id, text: written.text, isOurs: true, time: entry.time)
        if written.id == selected, transcript.hasNewer {
            // The reader is far up, and wants to see what they have written.
            reload()
        } else if written.id == selected {
            append([entry])
            pane.scrollToEnd()
        } else if !node.isSecure {
            var talk = plainTalks[written.id] ?? Transcript(now: Clock.now)
            _ = talk.append([entry], following: true)
            plainTalks[written.id] = talk
        }
    }

    func show(_ splice: Splice) { pane.apply([splice], hasNewer: transcript.hasNewer) }

    private func mark(_ status: OutgoingStatus, _ mark: DeliveryMark) {
        if mark == .delivered || mark == .read, let reference = status.reference {
            pending[reference] = nil
        }
        if let splice = transcript.mark(status.id, mark, position: status.position) {
            show(splice)
        }
        for id in plainTalks.keys where id != selected { _ = plainTalks[id]?.mark(status.id, mark) }
    }

    private func refused(_ refusal: Refusal) {
        switch refusal.reason {
        case .changedCertificate, .wrongContact:
            guard let fingerprint = refusal.contact?.fingerprint else { break }
            switch warnings.note(refusal) {
            case .quiet: break
            case .mention: toast.say(refusal.explanation)
            case .block:
                list.change(.contact(fingerprint)) { $0.isBlocked = true }
                if selected == .contact(fingerprint) { pane.block(refusal) }
                toast.say(refusal.explanation)
            }
        case .unknownCertificate where refusal.direction == .inbound:
            // It has become a request, which is shown.
            break
        default:
            // What strangers run into is their affair; what we wanted is ours.
            if refusal.direction == .outbound { toast.say(refusal.explanation) }
        }
    }

    private func failed(_ failure: NodeFailure) {
        if failure.code == .unconfirmed, let reference = failure.reference,
            let written = pending[reference],
            let entry = transcript.entries.first(where: { $0.isOurs && $0.mark == .sent }),
            written.id == selected,
            let splice = transcript.mark(entry.id, .unconfirmed)
        {
            show(splice)
        }
        toast.say(failure.description)
    }
}
#endif
