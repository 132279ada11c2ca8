import ChatValues
import ChatWire

/// Changes on their way to the disk.
///
/// While one batch is being committed, what has to be written piles up here; then all of it is the
/// next batch: one transaction and one fsync, whatever kind it is and whomever it concerns.
/// Each change carries what is to be done with its outcome.
struct Journal {
    struct Batch {
        var entries: Entries
        var fences: [CheckedContinuation<Void, Never>]
    }

    /// The disk has refused what can't be given up.
    struct Trouble {
        /// Seconds until the next try.
        var delay: Double
        var isDue = false
        var retry: Task<Void, Never>?

        static let firstDelay = 1.0
        static let longestDelay = 60.0
    }

    /// How much may wait before peers have to. What was read already is taken in any case.
    static let highMark = (entries: 16_384, bytes: 16 << 20)
    private static let lowMark = (entries: 4_096, bytes: 4 << 20)
    /// For how long, in seconds, and for how many of its kind a patient change waits for others.
    static let patience = (seconds: 0.05, entries: 1_024)

    private var waiting = Entries()
    private var bytes = 0
    private var fences: [CheckedContinuation<Void, Never>] = []
    private var isUrgent = false
    /// Not all that waits is patient, or it has waited long enough.
    private var isPressing = false
    /// The end of the patience has been set.
    var isTimed = false
    var trouble: Trouble?
    /// The disk is at work.
    var isBusy = false
    /// At what, unless it is being read.
    var underWay: Batch?
    /// Who is to be told when what follows from the batch has been done: they go on at once, on
    /// threads of their own.
    var answers: [(reply: Reply, outcome: MessageOutcome)] = []
    /// It is to be seen to in a turn of the node's that will come.
    var isScheduled = false
    /// It is seen to at the end of this turn.
    var isHeld = false
    /// Somebody will see to it.
    var isSeenTo: Bool { isScheduled || isHeld }
    /// What waits to be read comes before the next batch.
    var isLoadNext = false
    /// The node has stopped.
    private(set) var isClosed = false

    var count: Int { waiting.count }
    var isFull: Bool { waiting.count >= Self.highMark.entries || bytes >= Self.highMark.bytes }
    var isLow: Bool { waiting.count <= Self.lowMark.entries && bytes <= Self.lowMark.bytes }

    /// Whether there is something to be tried now.
    var isDue: Bool { isPressing && isWilling }
    /// Whether something would be tried now if it were pressed for.
    var isWilling: Bool {
        !waiting.isEmpty && (trouble.map { $0.isDue || isUrgent } ?? true)
    }

    /// What waits, waits no longer.
    mutating func press() { isPressing = !waiting.isEmpty }

    /// What there is to be done when something has come in line.
    enum Need {
        case nothing
        /// It waits for company, and who sees that it does not wait for ever is to be set.
        case timer
        case disk
    }

    /// - Returns: What is to be done, and whether there should come no more; nil where nothing is
    ///   taken any more.
    mutating func append(_ entry: Entry) -> (need: Need, isFull: Bool)? {
        guard !isClosed else { return nil }
        waiting.append(entry)
        bytes += entry.bytes
        if entry.purpose.isUrgent { isUrgent = true }
        if !entry.purpose.isPatient || waiting.count >= Self.patience.entries { isPressing = true }
        guard !isPressing else { return (.disk, isFull) }
        defer { isTimed = true }
        return (isTimed ? .nothing : .timer, isFull)
    }

    mutating func append(_ fence: CheckedContinuation<Void, Never>) { fences.append(fence) }

    /// Everything that waits.
    mutating func takeBatch() -> Batch? {
        guard isDue else { return nil }
        defer {
            // The next may be as long.
            let count = waiting.count
            waiting = Entries()
            waiting.reserveCapacity(min(count, Self.patience.entries))
            bytes = 0
            isUrgent = false
            isPressing = false
        }
        return Batch(entries: waiting, fences: takeFences())
    }

    mutating func takeAnswers() -> [(reply: Reply, outcome: MessageOutcome)] {
        defer { answers = [] }
        return answers
    }

    mutating func takeFences() -> [CheckedContinuation<Void, Never>] {
        defer { fences = [] }
        return fences
    }

    /// Puts back what the disk has refused, before all that came since.
    mutating func putBack(_ entries: [Entry]) {
        guard !entries.isEmpty else { return }
        isPressing = true
        waiting = Entries(entries + waiting.all)
        bytes += entries.reduce(0) { $0 + $1.bytes }
    }

    /// Messages to this contact whose state is about to change on disk: it does not say of them
    /// yet what is so.
    func unsettled(of contact: Fingerprint) -> Set<MessageID> {
        var ids: Set<MessageID> = []
        for case .mark(let id, contact, _) in waiting.changes { ids.insert(id) }
        return ids
    }

    /// Whether a message to this contact is being handed over, or taken back from there: until the
    /// disk knows of it, what comes after it must not be read from there.
    func isHandingOver(to contact: Fingerprint) -> Bool {
        zip(waiting.purposes, waiting.changes).contains { purpose, change in
            switch (purpose, change) {
            case (.hand, .mark(_, contact, _)), (.takeBack, .requeue(_, contact)): true
            default: false
            }
        }
    }

    /// Takes nothing more, and returns what is given up.
    mutating func close() -> [Entry] {
        isClosed = true
        trouble?.retry?.cancel()
        trouble = nil
        defer { waiting = Entries() }
        return waiting.all
    }
}

extension StoreFailure {
    /// Whether it may be the fault of a single change, and the others would be taken.
    var mayConcernOneChange: Bool {
        switch code {
        case .full, .readOnly, .locked: false
        case .damaged, .newer, .unreadable, .conflict, .wrongKey: true
        }
    }

    /// Whether trying the same again may help.
    var mayPass: Bool { code != .conflict }
}
