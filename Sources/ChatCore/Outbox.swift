import ChatWire

/// The messages that one peer has not acknowledged yet, in the order in which they were written.
///
/// Those in flight stand before those that wait. A lost session puts what was in flight on it back
/// to the front of the queue, so that nothing overtakes anything.
///
/// For a contact it is a window on the disk: behind what waits here there may be more, which is
/// read when there is room. In plain text everything stands here.
///
/// An object, which the node alone holds, so that finding it copies nothing.
final class Outbox {
    struct Entry {
        let id: MessageID
        let content: String
        /// Seconds since 1970.
        let timestamp: Double
        /// Where it stands in the history; nil in plain text.
        let position: Int64?

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

    private struct Flight {
        let entry: Entry
        let session: SessionID
        /// False while the disk is being told that it is about to go out.
        var isWritten: Bool
    }

    /// What there is behind those that wait here.
    private enum Rest {
        case nothing
        /// There may be more on disk, after this position.
        case onDisk(after: Int64)
        /// It is being read.
        case loading(after: Int64, ticket: UInt64)
    }

    /// How much is kept in memory of what is on disk. Past it new messages stay there alone.
    static let memory = (messages: 4_096, bytes: 4 << 20)
    private static let pages = 16...1_024

    private var inFlight = Queue<Flight>()
    private var waiting = Queue<Entry>()
    private var inFlightBytes = 0
    private var rest: Rest
    /// Of all the contents.
    private(set) var bytes = 0
    /// How many messages to read at a time: few where they are large.
    private(set) var pageLength = 64

    /// - Parameter isOnDisk: false where all there is stands in here.
    init(isOnDisk: Bool) {
        rest = isOnDisk ? .onDisk(after: 0) : .nothing
    }

    var count: Int { inFlight.count + waiting.count }
    var isEmpty: Bool { count == 0 }
    /// Whether there is something to be sent, or to be read for that.
    var hasMore: Bool { !waiting.isEmpty || needsMore }
    /// Oldest first.
    var entries: [Entry] { inFlight.elements.map(\.entry) + waiting.elements }

    /// The newest message. One that is on disk is kept here only if all those before it are.
    func accept(_ entry: Entry) {
        guard case .nothing = rest else { return }
        if let position = entry.position,
            waiting.count >= Self.memory.messages || bytes >= Self.memory.bytes
        {
            rest = .onDisk(after: position - 1)
        } else {
            append(entry)
        }
    }

    private func append(_ entry: Entry) {
        waiting.append(entry)
        bytes += entry.bytes
    }

    // MARK: Reading more from the disk

    var needsMore: Bool {
        guard case .onDisk = rest else { return false }
        return waiting.count < pageLength / 2 + 1 && bytes < Self.memory.bytes
    }

    /// After which position to read. The ticket has to be shown in the end.
    func startLoading(_ ticket: UInt64) -> Int64? {
        guard case .onDisk(let position) = rest else { return nil }
        rest = .loading(after: position, ticket: ticket)
        return position
    }

    /// Takes what was read, in order, but for those that are known better here.
    ///
    /// - Parameters:
    ///   - end: the last position that was read; nil where there is nothing more.
    /// - Returns: false where what was read is out of date.
    func finishLoading(
        _ entries: [Entry], upTo end: Int64?, ticket: UInt64
    ) -> Bool {
        guard case .loading(_, ticket) = rest else { return false }
        rest = end.map { .onDisk(after: $0) } ?? .nothing
        for entry in entries { append(entry) }
        let size = entries.reduce(0) { $0 + $1.bytes }
        pageLength =
            size < 1 << 18
            ? min(pageLength * 2, Self.pages.upperBound)
            : max(pageLength / 2, Self.pages.lowerBound)
        return true
    }

    /// It could not be read.
    func failLoading(ticket: UInt64) {
        if case .loading(let position, ticket) = rest { rest = .onDisk(after: position) }
    }

    /// The disk has changed under those that wait: they are to be read anew.
    func rewind() {
        bytes = inFlightBytes
        waiting = Queue()
        rest = .onDisk(after: 0)
    }

    /// What is in flight.
    var idsInFlight: [MessageID] { inFlight.elements.map(\.entry.id) }

    // MARK: Sending

    /// The next message that fits into the window, now counted as in flight on this session.
    func next(
        _ window: Window, on session: SessionID, isWritten: Bool = true
    ) -> Entry? {
        let count = inFlight.count
        guard let entry = waiting.first, count < window.messages,
            // A single message always fits, or it would wait for ever.
            count == 0 || inFlightBytes + entry.bytes <= window.bytes
        else { return nil }
        _ = waiting.popFirst()
        inFlight.append(Flight(entry: entry, session: session, isWritten: isWritten))
        inFlightBytes += entry.bytes
        return entry
    }

    /// A message that was not written yet goes out now. Nil where it is not there any more.
    func write(_ id: MessageID) -> Entry? {
        let all = inFlight.elements
        guard let index = all.firstIndex(where: { $0.entry.id == id }) else { return nil }
        var changed = all
        changed[index].isWritten = true
        inFlight = Queue(changed)
        return all[index].entry
    }

    /// A message that was to be written, and was not, waits again before all others.
    func putBack(_ id: MessageID) -> Bool {
        guard let entry = inFlight.removeFirst(where: { $0.entry.id == id })?.entry else {
            return false
        }
        inFlightBytes -= entry.bytes
        waiting = Queue([entry] + waiting.elements)
        return true
    }

    /// Takes out a message that has been acknowledged; nil when it was not in flight, which is
    /// what a second receipt for the same message, or one for somebody else's, comes to.
    func acknowledge(_ id: MessageID) -> Entry? {
        // Peers answer in order, so this is nearly always the first.
        guard
            let entry = inFlight.removeFirst(where: { $0.entry.id == id && $0.isWritten })?.entry
        else { return nil }
        inFlightBytes -= entry.bytes
        bytes -= entry.bytes
        return entry
    }

    /// Takes out a message wherever it stands.
    func remove(_ id: MessageID) {
        if let entry = inFlight.removeFirst(where: { $0.entry.id == id })?.entry {
            inFlightBytes -= entry.bytes
            bytes -= entry.bytes
        } else if let entry = waiting.removeFirst(where: { $0.id == id }) {
            bytes -= entry.bytes
        }
    }

    /// The session is gone: what was in flight on it waits again, before all else.
    func requeue(from session: SessionID) {
        waiting = Queue(takeInFlight { $0.session == session } + waiting.elements)
    }

    /// The session is gone, and the peer could not tell a repeated message from a new one: what
    /// was written on it is taken out and returned. What was not yet written stays where it is, so
    /// that nothing overtakes it, until the disk says that it waits again.
    func abandon(from session: SessionID) -> [Entry] {
        let lost = takeInFlight { $0.session == session && $0.isWritten }
        bytes -= lost.reduce(0) { $0 + $1.bytes }
        return lost
    }

    private func takeInFlight(where condition: (Flight) -> Bool) -> [Entry] {
        let all = inFlight.elements
        let taken = all.filter(condition).map(\.entry)
        inFlight = Queue(all.filter { !condition($0) })
        inFlightBytes -= taken.reduce(0) { $0 + $1.bytes }
        return taken
    }
}
