/// The one thread that a node runs on, which is the transport's event loop.
///
/// A task that waits for a continuation is resumed on the global executor and only then changes to
/// its actor's: two changes of thread. What happens with each message comes in by a call instead.
public struct NodeThread: Sendable {
    let executor: any SerialExecutor
    let execute: @Sendable (@escaping @Sendable () -> Void) -> Void

    /// - Parameters:
    ///   - executor: of the thread. It must outlive the node.
    ///   - execute: calls a body there, soon, from any thread; those of one caller in its order.
    public init(
        _ executor: any SerialExecutor,
        execute: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) {
        self.executor = executor
        self.execute = execute
    }
}

extension Node {
    /// Calls a body on the node's thread, soon.
    nonisolated func onThread(_ body: @escaping @Sendable (isolated Node) -> Void) {
        thread.execute { self.assumeIsolated(body) }
    }
}
