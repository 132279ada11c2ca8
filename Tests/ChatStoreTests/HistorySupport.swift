import ChatCore
import ChatIdentity
import ChatStore
import ChatValues
import ChatWire
import Testing

/// Messages in memory, with a new key.
func history() async throws -> MessageHistory {
    try await ChatStore.inMemory().unlock(with: try .generate(.ed25519))
}

func incoming(
    _ content: String, from contact: Int, id: MessageID = .random(), at time: Double = 1_764e6,
    claimedSender: String? = nil, dialect: Dialect = .native
) throws -> NewMessage {
    .incoming(
        id, from: try fingerprint(contact), content: content, timestamp: time - 0.25,
        storedAt: time, claimedSender: claimedSender, dialect: dialect)
}

func outgoing(
    _ content: String, to contact: Int, id: MessageID = .random(), at time: Double = 1_764e6
) throws -> NewMessage {
    .outgoing(id, to: try fingerprint(contact), content: content, at: time)
}

extension MessageHistory {
    /// The texts of the newest page.
    func texts(with contact: Int) async throws -> [String?] {
        try await page(with: try fingerprint(contact), before: nil, limit: 1_000).messages
            .map(\.text)
    }
}
