public import ChatCore
public import ChatWire

/// Stored messages in JSON, as `events.schema.json` describes them: content exactly as it came.
extension JSONWriter {
    public mutating func storedMessage(_ message: StoredMessage) {
        object { $0.members(of: message) }
    }

    public mutating func members(of message: StoredMessage) {
        member("id", message.id.description)
        member("direction", message.direction.rawValue)
        member("content", optional: message.text)
        member("timestamp", message.timestamp)
        member("stored", message.storedAt)
        member("state", message.state.name)
        member("position", Int(message.position))
        if let dialect = message.dialect { member("dialect", dialect.rawValue) }
        if let claimed = message.claimedSender { member("claimed_name", claimed) }
    }

    /// What the event `history` has besides its time.
    public mutating func history(of peer: PeerDescription, _ page: MessagePage) {
        member("peer", peer)
        key("messages")
        array { json in
            for message in page.messages { json.storedMessage(message) }
        }
        member("has_older", page.hasOlder)
    }
}

extension MessageState {
    /// Its name in JSON, which is that of the event that tells of it.
    public var name: String {
        switch self {
        case .queued: "queued"
        case .sent: "sent"
        case .delivered: "delivered"
        case .read: "read"
        }
    }
}
