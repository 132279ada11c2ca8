public import ChatValues
public import ChatWire

/// One step of a batch. Everything that piled up while the last batch was on its way to the disk
/// goes into the next, whatever its kind and contact: one transaction, one fsync.
public enum MessageChange: Hashable, Sendable {
    /// Stores a message. Outcome: ``MessageOutcome/stored(position:)``, or
    /// ``MessageOutcome/duplicate`` where the contact has one with this id in this direction, or
    /// had one that was forgotten.
    // Boxed: it is handed on more often than it is looked at.
    indirect case add(NewMessage)
    /// Moves a message of ours on. Outcome: ``MessageOutcome/marked(from:)``, or
    /// ``MessageOutcome/unchanged`` where this contact was sent no such message, or it had come
    /// as far already.
    case mark(MessageID, to: Fingerprint, as: MessageState)
    /// Puts a message of ours that is ``MessageState/sent`` back to ``MessageState/queued``: the
    /// user wants it sent again. Same outcomes.
    case requeue(MessageID, to: Fingerprint)
    /// The user has read the conversation up to this position. Never goes back. Outcome:
    /// ``MessageOutcome/marked(from:)`` with ``MessageState/delivered``, or
    /// ``MessageOutcome/unchanged``.
    case markRead(with: Fingerprint, upTo: Int64)
}

/// What became of a ``MessageChange``.
public enum MessageOutcome: Hashable, Sendable {
    case stored(position: Int64)
    /// Nothing was stored. A message that came in is to be acknowledged again and not shown.
    case duplicate
    /// The state it had before.
    case marked(from: MessageState)
    case unchanged
}

/// What is to be forgotten.
public enum ForgetTarget: Hashable, Sendable {
    case message(MessageID, MessageDirection, with: Fingerprint)
    /// Every message, those that wait to be sent included. How long messages are kept, and up to
    /// where the user has read, stays.
    case conversation(Fingerprint)
    /// All that is known of a contact's messages, settings and ids included.
    case contact(Fingerprint)
}

/// Which messages to go through.
public struct MessageSelection: Hashable, Sendable {
    public enum Order: Sendable { case oldestFirst, newestFirst }

    /// Nil for everybody's.
    public var contact: Fingerprint?
    /// Stored at this time or later, seconds since 1970.
    public var since: Double?
    /// Stored before this time.
    public var until: Double?
    public var order: Order
    /// Nil for all.
    public var query: TextQuery?

    public init(
        contact: Fingerprint? = nil, since: Double? = nil, until: Double? = nil,
        order: Order = .oldestFirst, query: TextQuery? = nil
    ) {
        self.contact = contact
        self.since = since
        self.until = until
        self.order = order
        self.query = query
    }
}

/// How far a scan has come.
public struct ScanProgress: Hashable, Sendable {
    /// Messages that were looked at.
    public var done: Int
    /// Messages to be looked at, as counted at the start.
    public var total: Int
    /// Messages that matched so far.
    public var matches: Int
    /// Messages whose content is damaged: they match no query.
    public var damaged: Int

    public init(done: Int = 0, total: Int, matches: Int = 0, damaged: Int = 0) {
        self.done = done
        self.total = total
        self.matches = matches
        self.damaged = damaged
    }
}
