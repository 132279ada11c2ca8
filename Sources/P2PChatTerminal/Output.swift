import P2PChat

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

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

    /// The same, with the system's code of what went wrong; 0 where nothing did.
    func writing(_ bytes: [UInt8]) async -> CInt {
        await thread.run { [surroundings] in
            errno = 0
            return surroundings.write(bytes) ? 0 : errno == 0 ? EIO : errno
        }
    }
}
