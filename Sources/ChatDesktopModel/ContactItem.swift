public import P2PChat

/// A row in the list of contacts. Everything in it is safe to show.
public struct ContactItem: Sendable, Hashable {
    public let id: ConversationID
    public var name: String
    public var presence: PresenceState
    /// Nil in plain text.
    public var trust: Trust?
    /// The newest line, on one line.
    public var preview: String
    /// Seconds since 1970; nil where nothing has been said.
    public var time: Double?
    public var unread: Int
    /// When a session with them ended last.
    public var lastSeen: Double?
    /// Their certificate seems to have changed.
    public var isBlocked: Bool

    public init(
        id: ConversationID, name: String, presence: PresenceState = .offline, trust: Trust? = nil,
        preview: String = "", time: Double? = nil, unread: Int = 0, lastSeen: Double? = nil,
        isBlocked: Bool = false
    ) {
        self.id = id
        self.name = SafeText.singleLine(name, limit: 64)
        self.presence = presence
        self.trust = trust
        self.preview = preview
        self.time = time
        self.unread = unread
        self.lastSeen = lastSeen
        self.isBlocked = isBlocked
    }

    /// One or two letters for the round picture.
    public var initials: String {
        // In plain text a name may be an address.
        guard name.contains(where: \.isLetter) else { return "?" }
        let words = name.split { !$0.isLetter && !$0.isNumber }
        let letters = words.prefix(2).compactMap(\.first)
        guard let first = letters.first else { return "?" }
        return String(letters.count > 1 ? [first, letters[1]] : [first]).uppercased()
    }

    /// 0 to 7, the same for the same person each time.
    public var colour: Int {
        switch id {
        case .contact(let fingerprint): Int(fingerprint.bytes[0] & 7)
        case .plain(let plain):
            Int(plain.name.utf8.reduce(UInt8(0)) { ($0 &* 31) &+ $1 } & 7)
        }
    }

    /// As in Online, or when they were seen last.
    public func status(now: Double) -> String {
        switch presence {
        case .online: "Online"
        case .away: "Away"
        case .offline: lastSeen.map { DayText.lastSeen($0, now: now) } ?? "Offline"
        }
    }

    /// The unread count as its badge shows it.
    public var badge: String? {
        unread == 0 ? nil : unread >= ConversationSummary.unreadLimit ? "999+" : "\(unread)"
    }

    /// A message's beginning as one line.
    public static func preview(of text: String, isOurs: Bool) -> String {
        let line = SafeText.lines(text).lazy
            .map { $0.split(separator: " ").joined(separator: " ") }
            .first { !$0.isEmpty }
        return (isOurs ? "You: " : "") + SafeText.singleLine(line ?? "", limit: 100)
    }

    /// All of it as a screen reader says it.
    public func spoken(now: Double) -> String {
        var parts = [name, status(now: now)]
        if trust == .verified { parts.append("verified") }
        if isBlocked { parts.append("certificate changed") }
        if unread > 0 {
            parts.append(unread == 1 ? "1 unread message" : "\(unread) unread messages")
        }
        if !preview.isEmpty { parts.append(preview) }
        return parts.joined(separator: ", ")
    }
}
