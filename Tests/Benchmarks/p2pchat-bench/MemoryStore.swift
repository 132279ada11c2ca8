import ChatCore
import ChatValues
import ChatWire
import NIOCore

/// A disk that takes no time: contacts given at the start, messages counted and dropped. Runs on
/// the node's event loop, so that no hop to another thread is measured along.
actor MemoryStore: TrustStore, MessageStore, PreferenceStore {
    private nonisolated let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private let contacts: [Contact]
    private var position: Int64 = 0

    init(contacts: [Contact], on loop: any EventLoop) {
        self.contacts = contacts
        executor = loop.executor
    }

    func commit(_ changes: [MessageChange]) async throws -> [MessageOutcome] {
        changes.map { change in
            guard case .add = change else { return .marked(from: .queued) }
            position += 1
            return .stored(position: position)
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
    ) async throws -> [StoredMessage] { [] }
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
