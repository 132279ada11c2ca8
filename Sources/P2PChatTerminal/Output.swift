import P2PChat

/// Standard output for a node's events: written in order, on a thread of its own, since whoever
/// reads may be slow.
final class Output: Sendable {
    private let thread: BlockingThread
    private let surroundings: Surroundings

    /// Nil where the system has no more threads or descriptors.
    init?(_ surroundings: Surroundings) {
        guard let thread = BlockingThread() else { return nil }
        self.thread = thread
        self.surroundings = surroundings
    }

    /// Returns once it is written. False where nobody reads any more.
    func write(_ bytes: [UInt8]) async -> Bool {
        await thread.run { [surroundings] in surroundings.write(bytes) }
    }
}
