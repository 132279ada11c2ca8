import P2PChat

/// Stored messages as a person reads them: like those that have just come, with how far ours got.
extension Transcript {
    static let damagedText = "this message is damaged and can't be read"

    /// What the marks after messages of ours mean.
    static let legend =
        "✓ delivered, ✓✓ read; (waiting) goes out once they are there, "
        + "(not confirmed) may not have arrived"

    /// - Parameter tag: a text of ours to end with, such as the id.
    mutating func stored(
        _ message: StoredMessage, with peer: PeerDescription, tag: String? = nil
    ) -> String {
        let tag = tag.map { "[\($0)]" } ?? ""
        guard let text = message.text else {
            let who =
                message.direction == .incoming ? shown(peer) : "\(userName) → \(shown(peer))"
            return notice(
                ["\(who): \(Self.damagedText)"], at: message.storedAt, .warning, tag: tag)
        }
        switch message.direction {
        case .incoming:
            return incoming(
                IncomingMessage(
                    id: message.id, peer: peer, content: text, timestamp: message.timestamp,
                    receivedAt: message.storedAt, claimedSender: message.claimedSender,
                    secure: true, dialect: message.dialect ?? .native), tag: tag)
        case .outgoing:
            let mark = Self.mark(for: message.state)
            return outgoing(
                text, to: peer, at: message.storedAt, tag: tag.isEmpty ? mark : mark + " " + tag)
        }
    }

    /// How far a message of ours has come.
    static func mark(for state: MessageState) -> String {
        switch state {
        case .queued: "(waiting)"
        case .sent: "(not confirmed)"
        case .delivered: "✓"
        case .read: "✓✓"
        }
    }
}
