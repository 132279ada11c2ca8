import ChatWire

/// The messages that one peer has not acknowledged yet, in the order in which they were written.
///
/// Those in flight stand before those that wait. A lost session puts what was in flight back to
/// the front of the queue, so that nothing overtakes anything.
struct Outbox {
    struct Entry {
        let id: MessageID
        let content: String
        /// Seconds since 1970.
        let timestamp: Double
        let reference: String?
    }

    /// How much may be on the wire unacknowledged: a peer that does not read costs no more.
    struct Window {
        var messages: Int
        var bytes: Int

        static let native = Window(messages: 1_024, bytes: 1 << 20)
        /// The seed program reads one object at a time and answers each.
        static let seed = Window(messages: 1, bytes: .max)
    }

    private(set) var inFlight: [Entry] = []
    /// Reversed: the next to go is the last.
    private var waiting: [Entry] = []
    private var arrived: [Entry] = []
    private var inFlightBytes = 0
    private(set) var bytes = 0

    var count: Int { inFlight.count + waiting.count + arrived.count }
    var isEmpty: Bool { count == 0 }

    mutating func accept(_ entry: Entry) {
        arrived.append(entry)
        bytes += entry.content.utf8.count
    }

    /// The next message that fits into the window, now counted as in flight.
    mutating func next(_ window: Window) -> Entry? {
        if waiting.isEmpty {
            waiting = arrived.reversed()
            arrived.removeAll(keepingCapacity: true)
        }
        guard let entry = waiting.last, inFlight.count < window.messages,
            inFlight.isEmpty || inFlightBytes + entry.content.utf8.count <= window.bytes
        else { return nil }
        waiting.removeLast()
        inFlight.append(entry)
        inFlightBytes += entry.content.utf8.count
        return entry
    }

    /// Takes out a message that has been acknowledged; nil when it was not in flight, which is
    /// what a second receipt for the same message, or one for somebody else's, comes to.
    mutating func acknowledge(_ id: MessageID) -> Entry? {
        // Peers answer in order, so this is nearly always the first.
        guard let index = inFlight.firstIndex(where: { $0.id == id }) else { return nil }
        let entry = inFlight.remove(at: index)
        inFlightBytes -= entry.content.utf8.count
        bytes -= entry.content.utf8.count
        return entry
    }

    /// The session is gone: everything in flight waits again, before all else.
    mutating func requeue() {
        waiting.append(contentsOf: inFlight.reversed())
        inFlight.removeAll()
        inFlightBytes = 0
    }

    /// The session is gone, and the peer could not tell a repeated message from a new one: what
    /// was in flight is taken out and returned.
    mutating func abandonInFlight() -> [Entry] {
        let lost = inFlight
        inFlight.removeAll()
        inFlightBytes = 0
        bytes -= lost.reduce(0) { $0 + $1.content.utf8.count }
        return lost
    }

    /// Takes out everything, oldest first.
    mutating func removeAll() -> [Entry] {
        let all = inFlight + waiting.reversed() + arrived
        self = Outbox()
        return all
    }
}
