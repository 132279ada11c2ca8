import P2PChat
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Work that takes a while and that Ctrl-C, or another signal to leave, ends cleanly.
struct LongWork: Sendable {
    /// Microseconds that a signal leaves for clearing up, whatever hangs.
    private static let patience: UInt32 = 1_900_000

    let surroundings: Surroundings
    let bar: ProgressBar
    /// What is said where a signal ends it.
    let interruption: String

    /// - Parameter cleanUp: what has to be done where the work hangs: it has not ended in time.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value,
        cleanUp: @escaping @Sendable () -> Void = {}
    ) async throws -> Value {
        let signals = try surroundings.signals()
        let work = Task { try await body() }
        let received = Received()
        return try await withTaskCancellationHandler {
            let watching = Task { [bar, surroundings] in
                for await signal in signals {
                    guard case .leave(let number) = signal else { continue }
                    received.state.withLock { $0.number = number }
                    work.cancel()
                    startThread {
                        usleep(Self.patience)
                        if received.state.withLock(\.isOver) { return }
                        bar.erase()
                        cleanUp()
                        surroundings.end(128 + number)
                    }
                    return
                }
            }
            defer {
                received.state.withLock { $0.isOver = true }
                watching.cancel()
                bar.erase()
            }
            do {
                return try await work.value
            } catch is CancellationError {
                throw CommandFailure(
                    interruptedBy: received.state.withLock(\.number) ?? SIGINT, interruption)
            }
        } onCancel: {
            work.cancel()
        }
    }

    private final class Received: Sendable {
        let state = Mutex((number: CInt?.none, isOver: false))
    }
}
