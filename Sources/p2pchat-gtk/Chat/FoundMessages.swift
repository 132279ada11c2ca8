#if Desktop
import P2PChat
import Synchronization

/// What a search has found so far, within a bound.
final class FoundMessages: Sendable {
    private static let limit = 200
    private let messages = Mutex<[StoredMessage]>([])

    var all: [StoredMessage] { messages.withLock { $0 } }

    /// False once there are enough.
    func add(_ page: [StoredMessage]) -> Bool {
        messages.withLock { messages in
            messages += page.prefix(Self.limit - messages.count)
            return messages.count < Self.limit
        }
    }
}
#endif
