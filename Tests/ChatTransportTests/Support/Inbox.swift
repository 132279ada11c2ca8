import Synchronization
import Testing

/// What comes from elsewhere, awaited with a bound: what does not come within it fails the test,
/// and the failure says what was waited for.
final class Inbox<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        /// Index of the oldest element not yet taken.
        var head = 0
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []

        mutating func popFirst() -> Element? {
            guard head < elements.count else { return nil }
            defer {
                head += 1
                if head == elements.count {
                    elements = []
                    head = 0
                }
            }
            return elements[head]
        }
    }

    struct NothingCame: Error {
        let waitedFor: String
    }

    private let state = Mutex(State())

    func add(_ element: Element) {
        wake { $0.elements.append(element) }
    }

    /// Nothing more comes.
    func end() {
        wake { $0.hasEnded = true }
    }

    /// The first element that `pick` takes; those before it are dropped.
    @discardableResult
    func next<Value: Sendable>(
        _ what: String, within seconds: Double = 30,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ pick: (Element) throws -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var seen: [String] = []
        repeat {
            while let element = state.withLock({ $0.popFirst() }) {
                if let value = try pick(element) { return value }
                seen.append(String("\(element)".prefix(200)))
            }
        } while await somethingComes(before: deadline)
        Issue.record(
            "waited for \(what), saw only \(seen.suffix(20))", sourceLocation: sourceLocation)
        throw NothingCame(waitedFor: what)
    }

    /// Everything up to the end.
    func rest(
        _ what: String, within seconds: Double = 30,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [Element] {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var all: [Element] = []
        repeat {
            while let element = state.withLock({ $0.popFirst() }) { all.append(element) }
        } while await somethingComes(before: deadline)
        guard state.withLock({ $0.hasEnded }) else {
            Issue.record(
                "waited for the end of \(what), saw \(all.count)", sourceLocation: sourceLocation)
            throw NothingCame(waitedFor: what)
        }
        return all
    }

    /// What is there now.
    func drain() -> [Element] {
        var all: [Element] = []
        while let element = state.withLock({ $0.popFirst() }) { all.append(element) }
        return all
    }

    /// False at the end, and when the time is over.
    private func somethingComes(before deadline: ContinuousClock.Instant) async -> Bool {
        let alarm = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            wake { _ in }
        }
        defer { alarm.cancel() }
        while ContinuousClock.now < deadline {
            await withCheckedContinuation { waiter in
                let isDue = state.withLock { state in
                    let isDue = !state.elements.isEmpty || state.hasEnded
                    if !isDue { state.waiters.append(waiter) }
                    return isDue
                }
                if isDue { waiter.resume() }
            }
            let (isThere, hasEnded) = state.withLock { (!$0.elements.isEmpty, $0.hasEnded) }
            if isThere { return true }
            if hasEnded { return false }
        }
        return false
    }

    private func wake(_ change: (inout sending State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
