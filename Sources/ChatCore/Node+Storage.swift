import ChatValues

/// Changes of contacts and requests wait for each other here: each decides on the state that the
/// one before it left behind, also where it has to wait for the disk half-way.
struct Turnstile {
    private var isTaken = false
    private var waiting = Queue<CheckedContinuation<Void, Never>>()

    /// False where the continuation has to wait until ``pass()`` hands it its turn.
    mutating func enter(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        guard isTaken else {
            isTaken = true
            return true
        }
        waiting.append(continuation)
        return false
    }

    /// Ends a turn, and returns whose is next.
    mutating func pass() -> CheckedContinuation<Void, Never>? {
        let next = waiting.popFirst()
        isTaken = next != nil
        return next
    }
}

/// What has changed in memory by itself, and is to be saved when the disk has time: each once,
/// in the state that it then has.
struct Unsaved {
    var contacts: Set<Fingerprint> = []
    var requests: Set<Fingerprint> = []
    /// A task is at it.
    var isBeingSaved = false
}

extension Node {
    /// Waits until no other change is under way. Each call is followed by one of ``endTurn()``.
    func takeTurn() async {
        await withCheckedContinuation { continuation in
            if turns.enter(continuation) { continuation.resume() }
        }
    }

    func endTurn() { turns.pass()?.resume() }

    /// Runs a store's operation and turns its error into a sentence for the user.
    func stored<Value: Sendable>(
        _ operation: () async throws -> Value
    ) async throws(NodeFailure) -> Value {
        do {
            return try await operation()
        } catch {
            throw NodeFailure(.storage, "\(error)")
        }
    }

    func saveLater(contact: Fingerprint) {
        unsaved.contacts.insert(contact)
        startSaving()
    }

    /// Saves the request, or where there is none any more, forgets it.
    func saveLater(request: Fingerprint) {
        unsaved.requests.insert(request)
        startSaving()
    }

    private func startSaving() {
        guard !unsaved.isBeingSaved, store != nil else { return }
        unsaved.isBeingSaved = true
        Task { await saveTheRest() }
    }

    func saveTheRest() async {
        await takeTurn()
        defer { endTurn() }
        defer { unsaved.isBeingSaved = false }
        guard let store else { return }
        // A disk that is full is one failure, not one for each change.
        var failure: NodeFailure?
        while let next = nextUnsaved() {
            do throws(NodeFailure) {
                try await stored { try await next(store) }
            } catch {
                failure = error
            }
        }
        if let failure { emit(.failure(failure)) }
    }

    /// What is to be written next, as it is now.
    private func nextUnsaved() -> (@Sendable (any TrustStore) async throws -> Void)? {
        while let fingerprint = unsaved.contacts.popFirst() {
            // Where it is gone by now, its removal has told the disk.
            guard let contact = book[fingerprint] else { continue }
            return { store in try await store.save(contact) }
        }
        // Those to be forgotten first, so that they don't count against the number that is kept.
        let forgotten = unsaved.requests.first { requests[$0] == nil }
        guard let fingerprint = forgotten ?? unsaved.requests.first else { return nil }
        unsaved.requests.remove(fingerprint)
        guard let request = requests[fingerprint] else {
            return { store in try await store.removeRequest(fingerprint) }
        }
        return { store in try await store.save(request) }
    }
}
