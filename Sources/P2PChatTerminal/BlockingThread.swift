import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A thread for calls that block, such as writing to a pipe that nobody reads: one of Swift's few
/// threads must not wait there. The calls are made in order.
final class BlockingThread: Sendable {
    private typealias Job = @Sendable () -> Void

    private let wakePipe: WakePipe
    private let jobs = Mutex<[Job]>([])

    /// Nil where the system has no more threads or descriptors.
    init?() {
        guard let wakePipe = WakePipe() else { return nil }
        self.wakePipe = wakePipe
        let started = startThread { [self] in
            while true {
                let next = jobs.withLock { jobs in
                    defer { jobs = [] }
                    return jobs
                }
                if next.isEmpty { wakePipe.wait() }
                for job in next { job() }
            }
        }
        guard started else { return nil }
    }

    /// Runs the body on the thread.
    func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            jobs.withLock { $0.append { continuation.resume(returning: body()) } }
            wakePipe.wake()
        }
    }
}
