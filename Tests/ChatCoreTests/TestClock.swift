import Synchronization

/// Time that passes when the test says so.
final class TestClock: Sendable {
    private struct Sleeper {
        let end: Double
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = 1_764_000_000.0
        var last = 0
        var sleepers: [Int: Sleeper] = [:]
    }

    private let state = Mutex(State())
    private let changes = Signal()

    var now: Double { state.withLock { $0.now } }

    /// When the sleepers are to wake, in seconds from now.
    var alarms: [Double] {
        state.withLock { state in state.sleepers.values.map { $0.end - state.now }.sorted() }
    }

    /// Waits until somebody sleeps for this long.
    func waitForSleeper(_ seconds: Double) async throws {
        try await changes.wait("a sleeper for \(seconds) s") {
            // Of a time since 1970 the last digits are rounded off.
            self.alarms.contains { abs($0 - seconds) < 1e-6 }
        }
    }

    func advance(_ seconds: Double) {
        let due = state.withLock { state in
            state.now += seconds
            let due = state.sleepers.filter { $0.value.end <= state.now }
            for key in due.keys { state.sleepers[key] = nil }
            return due.values.sorted { $0.end < $1.end }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    @Sendable func sleep(_ seconds: Double) async throws {
        let ticket = state.withLock { state in
            state.last += 1
            return state.last
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.sleepers[ticket] = Sleeper(
                        end: state.now + seconds, continuation: continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
                changes.notify()
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: ticket) }?
                .continuation.resume(throwing: CancellationError())
        }
    }
}
