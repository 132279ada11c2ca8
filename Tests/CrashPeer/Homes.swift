import P2PChat

extension CrashPeer {
    /// Every message of a home with its text, oldest first, one JSON object a line.
    static func dump(_ arguments: Arguments) async throws {
        let store = try ChatStore.open(at: arguments.folder.databasePath, mode: .readOnly)
        let identity = try arguments.folder.load(passphrase: nil)
        let messages = try await store.unlock(with: identity.privateKey)
        try await messages.scan(MessageSelection()) { page, _ in
            for message in page {
                standardOutput.object { json in
                    json.member("position", Int(message.position))
                    json.member("id", message.id.description)
                    json.member("contact", message.contact.description)
                    json.member("direction", message.direction.rawValue)
                    json.member("state", "\(message.state)")
                    json.key("content")
                    if let text = message.text { json.string(text) } else { json.null() }
                    json.key("claimed")
                    if let name = message.claimedSender { json.string(name) } else { json.null() }
                }
            }
            return true
        }
        try await store.close()
    }

    /// Stores messages with a contact, every other one of ours and delivered, a thousand to a
    /// transaction. One in a thousand has the word "needle".
    static func fill(_ arguments: Arguments) async throws {
        guard let contact = Fingerprint(try arguments.require("contact")),
            let count = Int(try arguments.require("messages"))
        else { throw Misuse("fill needs a fingerprint and a number.") }
        let store = try ChatStore.open(at: arguments.folder.databasePath)
        let identity = try arguments.folder.load(passphrase: nil)
        let messages = try await store.unlock(with: identity.privateKey)
        let start = 1_700_000_000.0
        for first in stride(from: 0, to: count, by: 1_000) {
            var changes: [MessageChange] = []
            for number in first..<min(first + 1_000, count) {
                let content =
                    "message \(number) of many, about as long as people write to one another"
                    + (number % 1_000 == 500 ? ", with a needle" : "")
                let time = start + Double(number)
                let id = MessageID.random()
                if number % 2 == 0 {
                    changes.append(
                        .add(
                            .incoming(
                                id, from: contact, content: content, timestamp: time,
                                storedAt: time, dialect: .native)))
                } else {
                    changes.append(.add(.outgoing(id, to: contact, content: content, at: time)))
                    changes.append(.mark(id, to: contact, as: .delivered))
                }
            }
            _ = try await messages.commit(changes)
        }
        try await store.close()
    }
}
