/// What somebody wrote.
public struct Message: Sendable, Hashable {
    /// Nil in the seed dialect, and for those who want no receipt.
    public var id: MessageID?
    /// The name that the sender claims, at most ``WireLimits/name`` UTF-8 bytes. The sender is
    /// whoever holds the certificate.
    public var sender: String
    /// At most ``WireLimits/content`` UTF-8 bytes, without U+0000.
    public var content: String
    /// Seconds since 1970-01-01 00:00 UTC by the sender's clock. Finite.
    public var timestamp: Double

    public init(id: MessageID? = nil, sender: String, content: String, timestamp: Double) {
        self.id = id
        self.sender = sender
        self.content = content
        self.timestamp = timestamp
    }
}

/// What became of a message.
public struct Receipt: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// It is stored at the other side.
        case delivered
        /// It was shown to the person.
        case read
    }

    /// The message's id.
    public var id: MessageID
    public var state: State

    public init(id: MessageID, state: State) {
        self.id = id
        self.state = state
    }
}

/// Whether the person is writing at the moment.
public struct Typing: Sendable, Hashable {
    public var active: Bool

    public init(active: Bool) {
        self.active = active
    }
}
