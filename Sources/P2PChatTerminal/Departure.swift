import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The wish to leave, from whichever side it comes first.
final class Departure: Sendable {
    enum Reason: Sendable {
        /// The user said so.
        case asked
        /// Standard input has ended.
        case endOfInput
        case signal
        /// Nobody reads our output any more, or the node has stopped.
        case broken
    }

    /// Microseconds from the wish to the end, whatever hangs.
    private static let patience: UInt32 = 1_900_000

    private struct State {
        var reason: Reason?
        var waiter: CheckedContinuation<Reason, Never>?
    }

    private let state = Mutex(State())

    func request(_ reason: Reason) {
        let waiter = state.withLock { state in
            guard state.reason == nil else { return nil as CheckedContinuation<Reason, Never>? }
            state.reason = reason
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: reason)
    }

    var isRequested: Bool { state.withLock { $0.reason != nil } }

    /// Waits for the wish. One waiter.
    func wait() async -> Reason {
        await withCheckedContinuation { continuation in
            let reason = state.withLock { state in
                if state.reason == nil { state.waiter = continuation }
                return state.reason
            }
            if let reason { continuation.resume(returning: reason) }
        }
    }

    /// Ends the process when its time is up, so that no peer and no pipe can hold it.
    static func startDeadline(_ atLast: @escaping @Sendable () -> Void) {
        startThread {
            usleep(patience)
            atLast()
            _exit(0)
        }
    }
}
