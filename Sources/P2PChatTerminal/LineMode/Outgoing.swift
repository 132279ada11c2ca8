import P2PChat

/// The messages of ours that are on their way, so that a person hears of those that take long, and
/// of no others.
struct Outgoing: Sendable {
    /// Seconds after which an unconfirmed message is worth a line.
    static let patience = 5.0

    private struct Entry {
        let peer: PeerDescription
        let sentAt: Double
        /// The person knows that it has not arrived yet.
        var isTold: Bool
    }

    private var entries: [String: Entry] = [:]
    private var lastReference = 0

    var isEmpty: Bool { entries.isEmpty }

    /// A reference for the next message.
    mutating func nextReference() -> String {
        lastReference += 1
        return "\(lastReference)"
    }

    mutating func add(_ reference: String, to peer: PeerDescription, at now: Double, isTold: Bool) {
        entries[reference] = Entry(peer: peer, sentAt: now, isTold: isTold)
    }

    /// The peer's name key, and how many messages it has now that the person thought were waiting:
    /// told once the last of them has arrived.
    mutating func delivered(_ reference: String) -> PeerDescription? {
        guard let entry = entries.removeValue(forKey: reference), entry.isTold else { return nil }
        let isLast = !entries.values.contains { $0.isTold && $0.peer.isSame(as: entry.peer) }
        return isLast ? entry.peer : nil
    }

    /// True where there was such a message.
    @discardableResult
    mutating func failed(_ reference: String) -> Bool {
        entries.removeValue(forKey: reference) != nil
    }

    /// How many messages wait for this peer, of which the person did not know yet.
    mutating func disconnected(_ peer: PeerDescription) -> Int {
        tell { $0.peer.isSame(as: peer) }.count
    }

    /// Peers with messages that take long, each once.
    mutating func overdue(at now: Double) -> [PeerDescription] {
        var peers: [PeerDescription] = []
        for entry in tell({ now - $0.sentAt >= Self.patience })
        where !peers.contains(where: { $0.isSame(as: entry.peer) }) {
            peers.append(entry.peer)
        }
        return peers
    }

    private mutating func tell(_ condition: (Entry) -> Bool) -> [Entry] {
        var told: [Entry] = []
        for (reference, entry) in entries where !entry.isTold && condition(entry) {
            entries[reference]?.isTold = true
            told.append(entry)
        }
        return told
    }
}

extension PeerDescription {
    /// The same person, as far as that can be known; in plain text the same address.
    func isSame(as other: PeerDescription) -> Bool {
        if let fingerprint { return fingerprint == other.fingerprint }
        return other.fingerprint == nil
            && (name == other.name || address != nil && address == other.address)
    }
}
