import P2PChat

/// Which stored messages stand on the screen, so that none is shown twice, and those that were seen
/// count as read.
struct ShownMessages: Sendable {
    /// Conversations whose earlier lines were shown when they were opened.
    private var opened: Set<Fingerprint> = []
    /// The first message shown as it came or went, in each conversation.
    private var firstLive: [Fingerprint: Int64] = [:]
    /// Up to where the earlier lines went that were shown.
    private var ends: [Fingerprint: Int64] = [:]
    /// Where going further back goes on.
    private var starts: [Fingerprint: Int64] = [:]
    /// The newest that came in, and up to where was said to be read.
    private var newest: [Fingerprint: Int64] = [:]
    private var read: [Fingerprint: Int64] = [:]

    /// True the first time.
    mutating func open(_ contact: Fingerprint) -> Bool { opened.insert(contact).inserted }

    func isOpen(_ contact: Fingerprint) -> Bool { opened.contains(contact) }

    /// Before which the lines lie that were not shown as they came.
    func firstLive(with contact: Fingerprint) -> Int64? { firstLive[contact] }

    func start(with contact: Fingerprint) -> Int64? { starts[contact] ?? firstLive[contact] }

    /// Earlier lines are shown.
    mutating func show(_ messages: [StoredMessage], with contact: Fingerprint) {
        guard let first = messages.first, let last = messages.last else { return }
        starts[contact] = first.position
        ends[contact] = max(ends[contact] ?? 0, last.position)
        if let last = messages.last(where: { $0.direction == .incoming }) {
            newest[contact] = max(newest[contact] ?? 0, last.position)
        }
    }

    /// A message goes, or comes. False where it stands among the earlier lines already.
    mutating func live(
        _ position: Int64, with contact: Fingerprint, isIncoming: Bool
    ) -> Bool {
        if isIncoming { newest[contact] = max(newest[contact] ?? 0, position) }
        guard position > ends[contact] ?? 0 else { return false }
        if firstLive[contact] == nil { firstLive[contact] = position }
        return true
    }

    /// The position to mark as read up to; nil where there is nothing new.
    mutating func takeUnread(with contact: Fingerprint) -> Int64? {
        guard let newest = newest[contact], newest > read[contact] ?? 0 else { return nil }
        read[contact] = newest
        return newest
    }

    /// Its messages are gone.
    mutating func forget(_ contact: Fingerprint) { starts[contact] = nil }
}
