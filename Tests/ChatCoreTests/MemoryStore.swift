import ChatCore
import ChatValues
import Synchronization

/// A disk that keeps everything in memory, fails when it is told to, and can be held up.
final class MemoryStore: TrustStore {
    private struct State {
        var records: TrustRecords
        var failure: StoreFailure?
        var isHeld = false
        /// Writes that wait for a disk that is held up.
        var held: [CheckedContinuation<Void, Never>] = []
        var writes = 0
        var mostRequests = 0
    }

    private let state: Mutex<State>
    private let changes = Signal()

    init(_ records: TrustRecords = TrustRecords()) {
        state = Mutex(State(records: records))
    }

    var contacts: [Contact] { state.withLock { $0.records.contacts } }
    var requests: [ContactRequest] { state.withLock { $0.records.requests } }
    /// Writes that were asked for, those that failed included.
    var writes: Int { state.withLock { $0.writes } }

    /// The greatest number of requests there ever was after a write.
    var mostRequests: Int { state.withLock { $0.mostRequests } }

    func contact(_ byte: UInt8) -> Contact? { contacts.first { $0.fingerprint == .test(byte) } }
    func request(_ byte: UInt8) -> ContactRequest? {
        requests.first { $0.fingerprint == .test(byte) }
    }

    func fail(with failure: StoreFailure?) { state.withLock { $0.failure = failure } }

    /// From now on writes wait.
    func hold() { state.withLock { $0.isHeld = true } }

    /// Waits until so many writes wait.
    func waitForHeld(_ count: Int = 1) async throws {
        try await changes.wait("\(count) held writes") {
            self.state.withLock { $0.held.count } >= count
        }
    }

    func release() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for write in held { write.resume() }
    }

    /// Waits until what is kept satisfies the condition.
    func wait(
        for what: String, _ condition: @escaping @Sendable (MemoryStore) -> Bool
    ) async throws {
        try await changes.wait(what) { condition(self) }
    }

    private func change(_ body: @Sendable (inout TrustRecords) -> Void) async throws {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                state.writes += 1
                if state.isHeld { state.held.append(continuation) }
                return !state.isHeld
            }
            if goesOn { continuation.resume() } else { changes.notify() }
        }
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            body(&state.records)
            state.mostRequests = max(state.mostRequests, state.records.requests.count)
        }
        changes.notify()
    }

    func load() async throws -> TrustRecords {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.records
        }
    }
    func save(_ contact: Contact) async throws {
        try await change {
            $0.contacts.removeAll { $0.fingerprint == contact.fingerprint }
            $0.requests.removeAll { $0.fingerprint == contact.fingerprint }
            $0.contacts.append(contact)
        }
    }
    func replace(_ old: Contact, with contact: Contact) async throws {
        try await change {
            $0.contacts.removeAll {
                [old.fingerprint, contact.fingerprint].contains($0.fingerprint)
            }
            $0.requests.removeAll { $0.fingerprint == contact.fingerprint }
            $0.contacts.append(contact)
        }
    }
    func removeContact(_ fingerprint: Fingerprint) async throws {
        try await change { $0.contacts.removeAll { $0.fingerprint == fingerprint } }
    }
    func save(_ request: ContactRequest) async throws {
        try await change {
            $0.requests.removeAll { $0.fingerprint == request.fingerprint }
            $0.requests.append(request)
        }
    }
    func removeRequest(_ fingerprint: Fingerprint) async throws {
        try await change { $0.requests.removeAll { $0.fingerprint == fingerprint } }
    }
}
