import ChatCore
import ChatValues
import ChatWire
import NIOCore
import Synchronization

/// A disk that takes no time: contacts given at the start, and of messages those that were not
/// delivered yet.
final class MemoryStore: TrustStore, MessageStore, PreferenceStore {
    private struct Messages {
        var position: Int64 = 0
        /// What waits for each contact.
        var queues: [Queue] = []
        private var numbers: [Fingerprint: Int] = [:]
        /// Which of them was asked for last: mostly it is the next as well.
        private var last = 0

        /// Nothing is kept for who has nothing waiting.
        func entries(for contact: Fingerprint) -> CircularBuffer<Queue.Entry>? {
            numbers[contact].map { queues[$0].entries }
        }

        /// The queue for this contact, in place.
        mutating func queue(for contact: Fingerprint) -> Int {
            if last < queues.count, queues[last].contact == contact { return last }
            last = numbers[contact] ?? queues.count
            if last == queues.count {
                numbers[contact] = last
                queues.append(Queue(contact: contact))
            }
            return last
        }
    }

    private struct Queue {
        typealias Entry = (position: Int64, id: MessageID, added: MessageChange)

        let contact: Fingerprint
        /// As they came, which is a reference each, oldest first. Receipts come in order, so it is
        /// nearly always the first that goes.
        var entries = CircularBuffer<Entry>()

        mutating func drop(_ id: MessageID) {
            if entries.first?.id == id {
                entries.removeFirst()
            } else {
                entries.removeAll { $0.id == id }
            }
        }
    }

    private let contacts: [Contact]
    private let messages = Mutex(Messages())

    init(contacts: [Contact]) { self.contacts = contacts }

    func commit(
        _ changes: [MessageChange], completion: @escaping @Sendable (CommitResult) -> Void
    ) -> CommitResult? {
        .success(carryOut(changes))
    }

    func commit(_ changes: [MessageChange]) async throws -> [MessageOutcome] { carryOut(changes) }

    private func carryOut(_ changes: [MessageChange]) -> [MessageOutcome] {
        messages.withLock { messages in
            changes.map { change in
                switch change {
                case .add(let message):
                    messages.position += 1
                    if message.direction == .outgoing {
                        let number = messages.queue(for: message.contact)
                        messages.queues[number].entries.append(
                            (messages.position, message.id, change))
                    }
                    return .stored(position: messages.position)
                case .mark(let id, let contact, _):
                    messages.queues[messages.queue(for: contact)].drop(id)
                    return .marked(from: .queued)
                case .requeue, .markRead:
                    return .unchanged
                }
            }
        }
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
        messages.withLock { messages in
            guard let entries = messages.entries(for: contact) else { return [] }
            return entries.lazy
                .filter { $0.position > position }
                .prefix(limit)
                .compactMap { position, _, added in
                    guard case .add(let message) = added else { return nil }
                    return StoredMessage(
                        position: position, id: message.id, contact: message.contact,
                        direction: .outgoing, content: .text(message.content),
                        timestamp: message.timestamp, storedAt: message.storedAt, state: .queued,
                        claimedSender: nil, dialect: nil)
                }
        }
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
