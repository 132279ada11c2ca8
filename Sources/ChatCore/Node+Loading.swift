import ChatValues
import ChatWire
import Logging

/// Messages that wait on disk, on their way into the outbox.
extension Node {
    /// How many damaged messages are remembered as told.
    private static let damagedLimit = 1_024
    /// Seconds after which messages that could not be read are read again.
    private static let loadingPause = 30.0

    /// There is a session with this contact: what waits for them is to be read.
    func openOutbox(_ contact: Fingerprint) {
        let peer = PeerKey.contact(contact)
        if outboxes[peer] == nil { outboxes[peer] = Outbox(isOnDisk: true) }
        loadMore(for: peer)
    }

    /// Has the next messages read where there is room for them.
    func loadMore(for peer: PeerKey) {
        guard let contact = peer.fingerprint, messages != nil, !journal.isClosed,
            outbox(for: peer)?.needsMore == true
        else { return }
        unloaded.insert(contact)
        keepJournal()
    }

    /// What is on disk is not what stands in memory any more.
    func reload(_ peer: PeerKey) {
        outboxes[peer]?.rewind()
        loadMore(for: peer)
    }

    /// No batch is being committed meanwhile, so what is read is what the events have told, but for
    /// what still waits in the journal.
    func load(_ contact: Fingerprint, from messages: any MessageStore) async {
        let peer = PeerKey.contact(contact)
        // It is asked for again when that has been decided.
        guard !journal.isHandingOver(to: contact) else { return }
        loads += 1
        let ticket = loads
        guard let limit = outboxes[peer]?.pageLength,
            let position = outboxes[peer]?.startLoading(ticket)
        else { return }
        // The disk says of these that they wait, and they do not.
        let known = journal.unsettled(of: contact).union(outboxes[peer]?.idsInFlight ?? [])
        let page: [StoredMessage]
        do {
            page = try await messages.pending(for: contact, after: position, limit: limit)
        } catch {
            outboxes[peer]?.failLoading(ticket: ticket)
            return loadLater(peer, because: "\(error)")
        }
        var entries: [Outbox.Entry] = []
        entries.reserveCapacity(page.count)
        for message in page where !known.contains(message.id) {
            guard let text = message.text else {
                tellDamaged(message, peer)
                continue
            }
            entries.append(
                Outbox.Entry(
                    id: message.id, content: text, timestamp: message.timestamp,
                    position: message.position))
        }
        // Nothing was committed meanwhile: behind a page that is not full there is nothing, and
        // what is sent from now on does not have to be read back.
        let end = page.count < limit ? nil : page.last?.position
        if outboxes[peer]?.finishLoading(entries, upTo: end, ticket: ticket) == true {
            flush(peer)
        }
        loadMore(for: peer)
    }

    private func loadLater(_ peer: PeerKey, because reason: String) {
        emit(
            .failure(
                NodeFailure(
                    .storage, "What waits for \(shown(peer)) can't be read yet: \(reason)")))
        Task { [weak self, sleep = configuration.sleep] in
            do { try await sleep(Self.loadingPause) } catch { return }
            await self?.loadMore(for: peer)
        }
    }

    private func tellDamaged(_ message: StoredMessage, _ peer: PeerKey) {
        guard !damaged.contains(message.id), damaged.count < Self.damagedLimit else { return }
        damaged.insert(message.id)
        emit(
            .failure(
                NodeFailure(
                    .storage,
                    "A message to \(shown(peer)) is damaged on disk and is not sent "
                        + "(\(message.id)): forget it, and write it anew.",
                    reference: references[peer]?[message.id])))
    }
}
