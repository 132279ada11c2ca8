import Synchronization
import Testing

/// What a test waited for in vain.
struct TimedOut: Error, CustomStringConvertible {
    let what: String
    var description: String { "waited in vain for \(what)" }
}

/// Runs an operation that ends when its task is cancelled, half a minute at the most.
func within<Value: Sendable>(
    _ what: String, _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: .seconds(30))
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else {
            throw TimedOut(what: what)
        }
        return value
    }
}

/// Lets tests wait until something that others change is so.
final class Signal: Sendable {
    private let waiters = Mutex<(last: Int, waiting: [Int: CheckedContinuation<Void, Never>])>(
        (0, [:]))

    /// Something has changed.
    func notify() {
        let waiting = waiters.withLock { waiters in
            defer { waiters.waiting = [:] }
            return waiters.waiting
        }
        for waiter in waiting.values { waiter.resume() }
    }

    func wait(_ what: String, until condition: @escaping @Sendable () -> Bool) async throws {
        try await within(what) {
            while !condition() {
                try Task.checkCancellation()
                await self.change(unless: condition)
            }
        }
    }

    private func change(unless condition: @Sendable () -> Bool) async {
        let ticket = waiters.withLock { waiters in
            waiters.last += 1
            return waiters.last
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiters.withLock { $0.waiting[ticket] = continuation }
                // It may have become so, or been cancelled, before anybody could wake us.
                if condition() || Task.isCancelled { wake(ticket) }
            }
        } onCancel: {
            wake(ticket)
        }
    }

    private func wake(_ ticket: Int) {
        waiters.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
    }
}
