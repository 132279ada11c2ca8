public import ChatValues
public import ChatWire

/// Which way a message went.
public enum MessageDirection: String, Sendable, CaseIterable {
    case incoming, outgoing
}

/// How far a message has come. Later is greater.
public enum MessageState: Int, Sendable, CaseIterable, Comparable {
    /// Ours, and on our disk. It is to be sent, again after a lost session.
    case queued
    /// Ours, and given to a peer that can't tell a second copy from a new message, which has not
    /// acknowledged it: it is not sent again unless the user says so. A message to any other peer
    /// stays ``queued`` on disk until its receipt comes, since after a restart it has to be sent
    /// again whether or not it was on the wire.
    case sent
    /// On the other side's disk; of a message that came in, on ours.
    case delivered
    /// Shown to the person it was for.
    case read

    public static func < (left: MessageState, right: MessageState) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A message to be stored.
public struct NewMessage: Hashable, Sendable {
    /// Unique per contact and direction.
    public let id: MessageID
    public let contact: Fingerprint
    public let direction: MessageDirection
    public let content: String
    /// The sender's clock, seconds since 1970. For a number that is not finite 0 is stored.
    public let timestamp: Double
    /// Our clock, seconds since 1970, likewise finite.
    public let storedAt: Double
    /// What a sender calls himself where that is not the contact's name.
    public let claimedSender: String?
    /// What an incoming message came in.
    public let dialect: Dialect?

    /// A message of ours, to be queued.
    public static func outgoing(
        _ id: MessageID, to contact: Fingerprint, content: String, at timestamp: Double
    ) -> NewMessage {
        NewMessage(
            id: id, contact: contact, direction: .outgoing, content: content,
            timestamp: finite(timestamp), storedAt: finite(timestamp), claimedSender: nil,
            dialect: nil)
    }

    /// A message that came in.
    public static func incoming(
        _ id: MessageID, from contact: Fingerprint, content: String, timestamp: Double,
        storedAt: Double, claimedSender: String? = nil, dialect: Dialect
    ) -> NewMessage {
        NewMessage(
            id: id, contact: contact, direction: .incoming, content: content,
            timestamp: finite(timestamp), storedAt: finite(storedAt),
            claimedSender: claimedSender, dialect: dialect)
    }

    /// SQLite knows neither infinities nor the sign of zero.
    private static func finite(_ time: Double) -> Double { time.isFinite ? time + 0 : 0 }
}

/// A message as it was stored.
public struct StoredMessage: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        case text(String)
        /// The bytes on disk are not those that were written there for this message: show that
        /// it can't be read, and never send it.
        case damaged
    }

    /// The order of arrival in all conversations together. It only grows, and is never used again.
    public let position: Int64
    public let id: MessageID
    public let contact: Fingerprint
    public let direction: MessageDirection
    /// Exactly as it came: make it safe before showing it.
    public let content: Content
    /// The sender's clock, seconds since 1970. A claim.
    public let timestamp: Double
    /// Our clock when it was stored, seconds since 1970.
    public let storedAt: Double
    /// ``MessageState/delivered`` or ``MessageState/read`` for what came in.
    public let state: MessageState
    /// A nickname at most; nil as well where ``content`` is damaged.
    public let claimedSender: String?
    /// Nil for what is ours.
    public let dialect: Dialect?

    /// Nil where the content is damaged.
    public var text: String? {
        if case .text(let text) = content { text } else { nil }
    }

    public init(
        position: Int64, id: MessageID, contact: Fingerprint, direction: MessageDirection,
        content: Content, timestamp: Double, storedAt: Double, state: MessageState,
        claimedSender: String?, dialect: Dialect?
    ) {
        self.position = position
        self.id = id
        self.contact = contact
        self.direction = direction
        self.content = content
        self.timestamp = timestamp
        self.storedAt = storedAt
        self.state = state
        self.claimedSender = claimedSender
        self.dialect = dialect
    }
}

/// Part of a conversation.
public struct MessagePage: Hashable, Sendable {
    /// In the order of their positions, oldest first.
    public var messages: [StoredMessage]
    /// Whether there are older ones: ask with the first position of this page.
    public var hasOlder: Bool

    public init(messages: [StoredMessage], hasOlder: Bool) {
        self.messages = messages
        self.hasOlder = hasOlder
    }
}

/// What there is of one conversation.
public struct ConversationSummary: Hashable, Sendable {
    /// Where counting stops, so that a summary costs the same whatever has piled up.
    public static let unreadLimit = 1_000

    public var contact: Fingerprint
    /// Those that came in after the last one that was read, at most ``unreadLimit``.
    public var unread: Int
    /// Those of ours in the state ``MessageState/queued``.
    public var queued: Int
    public var last: StoredMessage?
    /// The position up to which the user has read; 0 at first.
    public var lastRead: Int64
    /// For how long messages are kept, in seconds; nil for ever.
    public var retention: Double?

    public init(
        contact: Fingerprint, unread: Int, queued: Int, last: StoredMessage?, lastRead: Int64,
        retention: Double?
    ) {
        self.contact = contact
        self.unread = unread
        self.queued = queued
        self.last = last
        self.lastRead = lastRead
        self.retention = retention
    }
}
