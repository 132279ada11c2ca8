import ChatWire

/// The messages that one peer has not acknowledged yet, in the order in which they were written.
///
/// Those in flight stand before those that wait. A lost session puts what was in flight on it back
/// to the front of the queue, so that nothing overtakes anything.
struct Outbox {
    struct Entry {
        let id: MessageID
        let content: String
        /// Seconds since 1970.
        let timestamp: Double
        let reference: String?

        var bytes: Int { content.utf8.count }
    }

    /// How much may be on the wire unacknowledged: a peer that does not read costs no more.
    struct Window {
        var messages: Int
        var bytes: Int

        static let native = Window(messages: 1_024, bytes: 1 << 20)
        /// The seed program reads one object at a time and answers each.
        static let seed = Window(messages: 1, bytes: .max)
    }

    private var inFlight = Queue<(entry: Entry, session: SessionID)>()
    private var waiting = Queue<Entry>()
    private var inFlightBytes = 0
    /// Of all the contents.
    private(set) var bytes = 0

    var count: Int { inFlight.count + waiting.count }
    var isEmpty: Bool { count == 0 }

    mutating func accept(_ entry: Entry) {
        waiting.append(entry)
        bytes += entry.bytes
    }

    /// The next message that fits into the window, now counted as in flight on this session.
    mutating func next(_ window: Window, on session: SessionID) -> Entry? {
        guard let entry = waiting.first, inFlight.count < window.messages,
            // A single message always fits, or it would wait for ever.
            inFlight.isEmpty || inFlightBytes + entry.bytes <= window.bytes
        else { return nil }
        _ = waiting.popFirst()
        inFlight.append((entry, session))
        inFlightBytes += entry.bytes
        return entry
    }

    /// Takes out a message that has been acknowledged; nil when it was not in flight, which is
    /// what a second receipt for the same message, or one for somebody else's, comes to.
    mutating func acknowledge(_ id: MessageID) -> Entry? {
        // Peers answer in order, so this is nearly always the first.
        guard let entry = inFlight.removeFirst(where: { $0.entry.id == id })?.entry else {
            return nil
        }
        inFlightBytes -= entry.bytes
        bytes -= entry.bytes
        return entry
    }

    /// The session is gone: what was in flight on it waits again, before all else.
    mutating func requeue(from session: SessionID) {
        waiting = Queue(takeInFlight(on: session) + waiting.elements)
    }

    /// The session is gone, and the peer could not tell a repeated message from a new one: what
    /// was in flight on it is taken out and returned.
    mutating func abandon(from session: SessionID) -> [Entry] {
        let lost = takeInFlight(on: session)
        bytes -= lost.reduce(0) { $0 + $1.bytes }
        return lost
    }

    /// Takes out everything, oldest first.
    mutating func removeAll() -> [Entry] {
        let all = inFlight.elements.map(\.entry) + waiting.elements
        self = Outbox()
        return all
    }

    private mutating func takeInFlight(on session: SessionID) -> [Entry] {
        let all = inFlight.elements
        let taken = all.filter { $0.session == session }.map(\.entry)
        inFlight = Queue(all.filter { $0.session != session })
        inFlightBytes -= taken.reduce(0) { $0 + $1.bytes }
        return taken
    }
}
