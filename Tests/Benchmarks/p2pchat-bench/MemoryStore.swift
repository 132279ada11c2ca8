import ChatCore
import ChatValues
import ChatWire
import NIOCore

/// A disk that takes no time: contacts given at the start, and of messages those that were not
/// delivered yet. Runs on the node's event loop, so that no hop to another thread is measured
/// along.
actor MemoryStore: TrustStore, MessageStore, PreferenceStore {
    private nonisolated let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private let contacts: [Contact]
    private var position: Int64 = 0
    /// Oldest first. Receipts come in order, so it is nearly always the first that goes.
    private var queued: [Fingerprint: CircularBuffer<StoredMessage>] = [:]

    init(contacts: [Contact], on loop: any EventLoop) {
        self.contacts = contacts
        executor = loop.executor
    }

    nonisolated func commit(
        _ changes: [MessageChange], completion: @escaping @Sendable (CommitResult) -> Void
    ) -> CommitResult? {
        .success(assumeIsolated { $0.carryOut(changes) })
    }

    func commit(_ changes: [MessageChange]) async throws -> [MessageOutcome] { carryOut(changes) }

    private func carryOut(_ changes: [MessageChange]) -> [MessageOutcome] {
        changes.map { change in
            switch change {
            case .add(let message):
                position += 1
                if message.direction == .outgoing { keep(message) }
                return .stored(position: position)
            case .mark(let id, let contact, _):
                if let index = queued[contact]?.firstIndex(where: { $0.id == id }) {
                    queued[contact]?.remove(at: index)
                }
                return .marked(from: .queued)
            case .requeue, .markRead:
                return .unchanged
            }
        }
    }

    private func keep(_ message: NewMessage) {
        queued[message.contact, default: CircularBuffer()].append(
            StoredMessage(
                position: position, id: message.id, contact: message.contact,
                direction: .outgoing, content: .text(message.content),
                timestamp: message.timestamp, storedAt: message.storedAt, state: .queued,
                claimedSender: nil, dialect: nil))
    }

    func load() async throws -> TrustRecords { TrustRecords(contacts: contacts) }
    func save(_ contact: Contact) async throws {}
    func removeContact(_ fingerprint: Fingerprint) async throws {}
    func save(_ request: ContactRequest) async throws {}
    func removeRequest(_ fingerprint: Fingerprint) async throws {}
    func preferences() async throws -> [String: String] { [:] }
    func setPreferences(_ values: [String: String]) async throws {}

    func pending(
        for contact: Fingerprint, after position: Int64, limit: Int
    ) async throws -> [StoredMessage] {
        let waiting = queued[contact] ?? CircularBuffer()
        return Array(waiting.lazy.filter { $0.position > position }.prefix(limit))
    }
    func page(
        with contact: Fingerprint, before position: Int64?, limit: Int
    ) async throws -> MessagePage { MessagePage(messages: [], hasOlder: false) }
    func message(
        _ id: MessageID, _ direction: MessageDirection, with contact: Fingerprint
    ) async throws -> StoredMessage? { nil }
    func conversations() async throws -> [ConversationSummary] { [] }
    func conversation(with contact: Fingerprint) async throws -> ConversationSummary? { nil }
    func messageCount(with contact: Fingerprint) async throws -> Int { 0 }
    func scan(
        _ selection: MessageSelection,
        _ body: @Sendable ([StoredMessage], ScanProgress) async throws -> Bool
    ) async throws -> ScanProgress { ScanProgress(total: 0) }
    func forget(_ target: ForgetTarget) async throws -> Int { 0 }
    func setRetention(_ seconds: Double?, with contact: Fingerprint) async throws {}
    func removeExpired(at now: Double) async throws -> Int { 0 }
}
