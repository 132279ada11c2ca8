public import P2PChat

/// A row of a conversation.
public enum TranscriptRow: Sendable, Hashable {
    /// Midnight has passed between two messages.
    case day(String)
    /// What came after this had not been read.
    case unread
    /// A message, and whether it goes on from the one above by the same side.
    case message(ChatEntry, continues: Bool)
    /// Something that happened, in a sentence.
    case notice(String)

    public var entry: ChatEntry? {
        if case .message(let entry, _) = self { entry } else { nil }
    }
}

/// A change of the rows: what a list view needs to follow.
public struct Splice: Sendable, Equatable {
    public var position: Int
    public var removed: Int
    public var inserted: [TranscriptRow]
}

/// The part of a conversation that is held in memory: a window over the history that follows the
/// reader, never more than ``limit`` messages, whatever comes in.
public struct Transcript: Sendable {
    /// About two hundred screens; past it what is farthest from the reader goes.
    public static let limit = 600

    public private(set) var rows: [TranscriptRow] = []
    /// There are older messages on disk.
    public private(set) var hasOlder: Bool
    /// There are newer messages on disk than the last one here: the reader is far up.
    public private(set) var hasNewer = false
    private let localTime: @Sendable (Double) -> LocalTime?
    private let now: @Sendable () -> Double

    public init(
        hasOlder: Bool = false, now: @escaping @Sendable () -> Double,
        localTime: @escaping @Sendable (Double) -> LocalTime? = LocalTime.system
    ) {
        self.hasOlder = hasOlder
        self.now = now
        self.localTime = localTime
    }

    public var entries: some Sequence<ChatEntry> { rows.lazy.compactMap(\.entry) }
    public var newest: ChatEntry? { rows.last { $0.entry != nil }?.entry }
    public var oldest: ChatEntry? { rows.first { $0.entry != nil }?.entry }

    /// The newest page of the history, in place of all that is there.
    ///
    /// - Parameters:
    ///   - unread: how many of the last that came in were not read yet.
    ///   - hasNewer: whether it is not the newest page after all.
    public mutating func show(
        _ entries: [ChatEntry], hasOlder: Bool, hasNewer: Bool = false, unread: Int = 0
    ) -> Splice {
        let removed = rows.count
        self.hasOlder = hasOlder
        self.hasNewer = hasNewer
        rows = []
        var left = unread
        var mark = entries.endIndex
        for (index, entry) in entries.enumerated().reversed() where left > 0 && !entry.isOurs {
            left -= 1
            mark = index
        }
        var previous: ChatEntry?
        for (index, entry) in entries.enumerated() {
            let isMarked = index == mark && unread > 0
            rows += laid(entry, after: previous, breaking: isMarked)
            if isMarked { rows.insert(.unread, at: rows.count - 1) }
            previous = entry
        }
        return Splice(position: 0, removed: removed, inserted: rows)
    }

    /// What has just been written or has come in.
    ///
    /// - Parameter following: whether the reader is at the end. Then the oldest give way; else
    ///   what is new stays on disk until the reader comes down.
    public mutating func append(_ entries: [ChatEntry], following: Bool) -> [Splice] {
        guard !hasNewer else { return [] }
        var entries = entries[...]
        let held = rows.count { $0.entry != nil }
        if !following, held + entries.count > Self.limit {
            entries = entries.prefix(max(0, Self.limit - held))
            hasNewer = true
        }
        // More at once than are held: the rest is on disk.
        let skipped = max(0, entries.count - Self.limit)
        entries = entries.dropFirst(skipped)
        var inserted: [TranscriptRow] = []
        var previous = newest
        for entry in entries {
            inserted += laid(entry, after: previous, breaking: endsInNotice && inserted.isEmpty)
            previous = entry
        }
        guard !inserted.isEmpty else { return [] }
        var splices = [Splice(position: rows.count, removed: 0, inserted: inserted)]
        rows += inserted
        if let trim = trimOldest() { splices.append(trim) }
        return splices
    }

    public mutating func append(notice: String) -> Splice {
        rows.append(.notice(notice))
        return Splice(position: rows.count - 1, removed: 0, inserted: [.notice(notice)])
    }

    /// An older page, above the rest.
    public mutating func prepend(_ entries: [ChatEntry], hasOlder: Bool) -> [Splice] {
        self.hasOlder = hasOlder
        guard !entries.isEmpty else { return [] }
        var above: [TranscriptRow] = []
        var previous: ChatEntry?
        for entry in entries {
            above += laid(entry, after: previous)
            previous = entry
        }
        // The first row below was laid out as the first of all.
        var removed = 0
        if case .day = rows.first { removed = 1 }
        if rows.indices.contains(removed), let first = rows[removed].entry {
            above += laid(first, after: previous)
            removed += 1
        }
        rows.replaceSubrange(0..<removed, with: above)
        var splices = [Splice(position: 0, removed: removed, inserted: above)]
        if let trim = trimNewest() { splices.append(trim) }
        return splices
    }

    /// Moves a message of ours on; it never goes back, but may have to be sent anew.
    public mutating func mark(
        _ id: MessageID, _ mark: DeliveryMark, position: Int64? = nil
    ) -> Splice? {
        guard
            let index = rows.lastIndex(where: { $0.entry?.id == id && $0.entry?.isOurs == true }),
            case .message(var entry, let continues) = rows[index], let old = entry.mark,
            mark.rank > old.rank || (old == .unconfirmed && mark == .queued)
                || (old == .sent && mark == .unconfirmed)
        else { return nil }
        entry.mark = mark
        if let position { entry.position = position }
        rows[index] = .message(entry, continues: continues)
        return Splice(position: index, removed: 1, inserted: [rows[index]])
    }

    private var endsInNotice: Bool {
        switch rows.last {
        case .notice, .unread: true
        default: false
        }
    }

    /// The rows of one entry: with a day above where it is the first of its day.
    private func laid(
        _ entry: ChatEntry, after previous: ChatEntry?, breaking: Bool = false
    ) -> [TranscriptRow] {
        let time = localTime(entry.time)
        let before = previous.flatMap { localTime($0.time) }
        let isSameDay = before.flatMap { before in time.map { $0.isSameDay(as: before) } } ?? false
        guard isSameDay else {
            return [
                .day(DayText.day(of: entry.time, now: now(), localTime)),
                .message(entry, continues: false),
            ]
        }
        let continues = previous.map {
            $0.isOurs == entry.isOurs && $0.nickname == entry.nickname && entry.time - $0.time < 300
        }
        return [.message(entry, continues: (continues ?? false) && !breaking)]
    }

    private mutating func trimOldest() -> Splice? {
        let excess = rows.count { $0.entry != nil } - Self.limit
        guard excess > 0 else { return nil }
        var seen = 0
        let end = rows.firstIndex { row in
            if row.entry != nil { seen += 1 }
            return seen > excess
        }
        guard let end else { return nil }
        rows.removeSubrange(0..<end)
        hasOlder = true
        return Splice(position: 0, removed: end, inserted: [])
    }

    private mutating func trimNewest() -> Splice? {
        var excess = rows.count { $0.entry != nil } - Self.limit
        guard excess > 0 else { return nil }
        let count = rows.count
        while excess > 0, let last = rows.popLast() {
            if last.entry != nil { excess -= 1 }
        }
        hasNewer = true
        return Splice(position: rows.count, removed: count - rows.count, inserted: [])
    }
}
