import ChatCore
import ChatValues
import ChatWire
import Synchronization

/// A disk for messages that keeps them in memory, fails when it is told to, can be held up, and
/// notes what it was asked.
final class MemoryMessages: MessageStore, PreferenceStore {
    /// Whether a batch fails.
    typealias Fault = @Sendable ([MessageChange]) -> StoreFailure?

    fileprivate struct Key: Hashable {
        let id: MessageID
        let direction: MessageDirection
        let contact: Fingerprint
    }

    fileprivate struct State {
        var messages: [StoredMessage] = []
        /// Where each stands.
        var places: [Key: Int] = [:]
        var lastPosition: Int64 = 0
        var lastRead: [Fingerprint: Int64] = [:]
        var retention: [Fingerprint: Double] = [:]
        var preferences: [String: String] = [:]
        var fault: Fault = { _ in nil }
        var readFailure: StoreFailure?
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var batches: [[MessageChange]] = []
        var pages = 0
        var expirations: [Double] = []
    }

    private let state = Mutex(State())
    private let changes = Signal()
    /// Commits take no time, unless they are held up.
    private let answersAtOnce: Bool

    init(answersAtOnce: Bool = false) { self.answersAtOnce = answersAtOnce }

    // MARK: What tests look at

    var messages: [StoredMessage] { state.withLock { $0.messages } }
    /// Every batch that was asked for, those that failed included.
    var batches: [[MessageChange]] { state.withLock { $0.batches } }
    /// How often ``pending(for:after:limit:)`` was asked.
    var pages: Int { state.withLock { $0.pages } }
    /// The times of ``removeExpired(at:)``.
    var expirations: [Double] { state.withLock { $0.expirations } }
    var isHeld: Bool { state.withLock { $0.isHeld } }

    func states(to contact: UInt8) -> [MessageState] {
        messages.filter { $0.contact == .test(contact) && $0.direction == .outgoing }.map(\.state)
    }

    func texts(_ direction: MessageDirection, _ contact: UInt8) -> [String] {
        messages.filter { $0.contact == .test(contact) && $0.direction == direction }
            .map { $0.text ?? "damaged" }
    }

    // MARK: What tests do to it

    func fail(with failure: StoreFailure?) { fail { _ in failure } }
    func fail(_ fault: @escaping Fault) { state.withLock { $0.fault = fault } }
    func failReads(with failure: StoreFailure?) { state.withLock { $0.readFailure = failure } }

    /// From now on commits wait.
    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for commit in held { commit.resume() }
    }

    /// Lets one commit pass, and holds the next.
    func releaseOne() {
        state.withLock { $0.held.isEmpty ? nil : $0.held.removeFirst() }?.resume()
    }

    func waitForHeld(_ count: Int = 1) async throws {
        try await changes.wait("\(count) held commits") {
            self.state.withLock { $0.held.count } >= count
        }
    }

    func wait(
        for what: String, _ condition: @escaping @Sendable (MemoryMessages) -> Bool
    ) async throws {
        try await changes.wait(what) { condition(self) }
    }

    func damage(_ id: MessageID) {
        state.withLock { state in
            for index in state.messages.indices where state.messages[index].id == id {
                state.messages[index] = state.messages[index].with(content: .damaged)
            }
        }
    }

    // MARK: MessageStore

    func commit(_ batch: [MessageChange]) async throws -> [MessageOutcome] {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.isHeld { state.held.append(continuation) }
                return !state.isHeld
            }
            if goesOn { continuation.resume() } else { changes.notify() }
        }
        return try perform(batch)
    }

    func commit(
        _ batch: [MessageChange], completion: @escaping @Sendable (CommitResult) -> Void
    ) -> CommitResult? {
        guard answersAtOnce, !isHeld else {
            Task {
                do {
                    completion(.success(try await commit(batch)))
                } catch {
                    completion(.failure(error))
                }
            }
            return nil
        }
        return CommitResult { try perform(batch) }
    }

    private func perform(_ batch: [MessageChange]) throws -> [MessageOutcome] {
        defer { changes.notify() }
        return try state.withLock { state in
            state.batches.append(batch)
            if let failure = state.fault(batch) { throw failure }
            return batch.map { state.perform($0) }
        }
    }

    func pending(
        for contact: Fingerprint, after position: Int64, limit: Int
    ) async throws -> [StoredMessage] {
        try read { state in
            state.pages += 1
            return Array(
                state.messages.filter {
                    $0.contact == contact && $0.state == .queued && $0.position > position
                }.prefix(limit))
        }
    }

    func page(
        with contact: Fingerprint, before position: Int64?, limit: Int
    ) async throws -> MessagePage {
        try read { state in
            let all = state.messages.filter {
                $0.contact == contact && $0.position < position ?? .max
            }
            return MessagePage(messages: all.suffix(limit), hasOlder: all.count > limit)
        }
    }

    func message(
        _ id: MessageID, _ direction: MessageDirection, with contact: Fingerprint
    ) async throws -> StoredMessage? {
        try read { state in
            state.index(of: id, direction, contact).map { state.messages[$0] }
        }
    }

    func conversations() async throws -> [ConversationSummary] {
        try read { state in
            Set(state.messages.map(\.contact)).map { state.summary($0) }
                .sorted { ($0.last?.position ?? 0) > ($1.last?.position ?? 0) }
        }
    }

    func conversation(with contact: Fingerprint) async throws -> ConversationSummary? {
        try read { state in
            state.messages.contains { $0.contact == contact } ? state.summary(contact) : nil
        }
    }

    func messageCount(with contact: Fingerprint) async throws -> Int {
        try read { state in state.messages.count { $0.contact == contact } }
    }

    func scan(
        _ selection: MessageSelection,
        _ body: @Sendable ([StoredMessage], ScanProgress) async throws -> Bool
    ) async throws -> ScanProgress {
        let found = try read { state in
            state.messages.filter { message in
                (selection.contact ?? message.contact) == message.contact
                    && (message.text.map { selection.query?.matches($0) ?? true } ?? false)
            }
        }
        let progress = ScanProgress(
            done: found.count, total: found.count, matches: found.count)
        _ = try await body(found, progress)
        return progress
    }

    func forget(_ target: ForgetTarget) async throws -> Int {
        try read { state in
            state.removeAll { message in
                switch target {
                case .message(let id, let direction, let contact):
                    (message.id, message.direction, message.contact) == (id, direction, contact)
                case .conversation(let contact), .contact(let contact): message.contact == contact
                }
            }
        }
    }

    func setRetention(_ seconds: Double?, with contact: Fingerprint) async throws {
        try read { $0.retention[contact] = seconds }
    }

    func removeExpired(at now: Double) async throws -> Int {
        defer { changes.notify() }
        return try read { state in
            state.expirations.append(now)
            let retention = state.retention
            return state.removeAll { message in
                retention[message.contact].map { message.storedAt < now - $0 } ?? false
                    && message.state >= .delivered
            }
        }
    }

    // MARK: PreferenceStore

    func preferences() async throws -> [String: String] { try read { $0.preferences } }

    func setPreferences(_ values: [String: String]) async throws {
        try read { state in
            if let failure = state.fault([]) { throw failure }
            state.preferences.merge(values) { _, new in new }
        }
    }

    private func read<Value>(_ body: (inout State) throws -> Value) throws -> Value {
        try state.withLock { state in
            if let failure = state.readFailure { throw failure }
            return try body(&state)
        }
    }
}

extension MemoryMessages.State {
    func index(
        of id: MessageID, _ direction: MessageDirection, _ contact: Fingerprint
    ) -> Int? {
        places[.init(id: id, direction: direction, contact: contact)]
    }

    mutating func removeAll(where condition: (StoredMessage) -> Bool) -> Int {
        let before = messages.count
        messages.removeAll(where: condition)
        places = [:]
        for (place, message) in messages.enumerated() { note(message, at: place) }
        return before - messages.count
    }

    private mutating func note(_ message: StoredMessage, at place: Int) {
        places[.init(id: message.id, direction: message.direction, contact: message.contact)] =
            place
    }

    func summary(_ contact: Fingerprint) -> ConversationSummary {
        let all = messages.filter { $0.contact == contact }
        let read = lastRead[contact] ?? 0
        return ConversationSummary(
            contact: contact,
            unread: all.count { $0.direction == .incoming && $0.position > read },
            queued: all.count { $0.state == .queued }, last: all.last, lastRead: read,
            retention: retention[contact])
    }

    mutating func perform(_ change: MessageChange) -> MessageOutcome {
        switch change {
        case .add(let message):
            guard index(of: message.id, message.direction, message.contact) == nil else {
                return .duplicate
            }
            lastPosition += 1
            places[
                .init(id: message.id, direction: message.direction, contact: message.contact)] =
                messages.count
            messages.append(
                StoredMessage(
                    position: lastPosition, id: message.id, contact: message.contact,
                    direction: message.direction, content: .text(message.content),
                    timestamp: message.timestamp, storedAt: message.storedAt,
                    state: message.direction == .outgoing ? .queued : .delivered,
                    claimedSender: message.claimedSender, dialect: message.dialect))
            return .stored(position: lastPosition)
        case .mark(let id, let contact, let state):
            return move(id, contact, to: state) { $0 < state }
        case .requeue(let id, let contact):
            return move(id, contact, to: .queued) { $0 == .sent }
        case .markRead(let contact, let position):
            let position = min(position, lastPosition)
            guard position > lastRead[contact] ?? 0 else { return .unchanged }
            lastRead[contact] = position
            return .marked(from: .delivered)
        }
    }

    private mutating func move(
        _ id: MessageID, _ contact: Fingerprint, to state: MessageState,
        where isDue: (MessageState) -> Bool
    ) -> MessageOutcome {
        guard let index = index(of: id, .outgoing, contact), isDue(messages[index].state) else {
            return .unchanged
        }
        let old = messages[index].state
        messages[index] = messages[index].with(state: state)
        return .marked(from: old)
    }
}

extension StoredMessage {
    func with(content: Content? = nil, state: MessageState? = nil) -> StoredMessage {
        StoredMessage(
            position: position, id: id, contact: contact, direction: direction,
            content: content ?? self.content, timestamp: timestamp, storedAt: storedAt,
            state: state ?? self.state, claimedSender: claimedSender, dialect: dialect)
    }
}
