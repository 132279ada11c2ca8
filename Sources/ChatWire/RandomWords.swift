import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The system's random numbers, drawn some at a time: a system call for each message's id was an
/// eighth of what it takes to send one.
///
/// What has been handed out is wiped, so that nothing in memory tells the ids there were. What was
/// drawn is used for a moment only, and never after a fork: of two processes that go on from the
/// same memory, which is what a fork makes and a virtual machine's snapshot, both would else give
/// the same id to different messages, and who has seen one takes the other for its repetition.
enum RandomWords {
    struct Pool {
        /// What is drawn is forgotten after so long, in nanoseconds.
        static let lifetime: UInt64 = 10_000_000
        /// As many as `getentropy` gives at once: 256 bytes, for 32 ids.
        private(set) var words = [UInt64](repeating: 0, count: 32)
        private(set) var left = 0
        /// How many forks there had been as they were drawn, and when that was.
        private var forks = 0
        private var drawn: UInt64 = 0

        /// The next one; `fill` draws new ones where there are none that may be used.
        mutating func next(
            forks: Int, now: UInt64, fill: (inout [UInt64]) -> Void
        ) -> UInt64 {
            if left == 0 || self.forks != forks || now &- drawn > Self.lifetime {
                fill(&words)
                left = words.count
                self.forks = forks
                drawn = now
            }
            left -= 1
            defer { words[left] = 0 }
            return words[left]
        }
    }

    private static let pool = Mutex(Pool())
    /// How many forks lie between this process and the one that was started.
    private static let forks = Atomic(0)
    private static let watchesForks = pthread_atfork(nil, nil, { RandomWords.hasForked() }) == 0

    /// A word, from which nothing can be told of those before or after.
    static func next() -> UInt64 {
        // Where forks can't be told of, each time may be the first after one.
        if !watchesForks { hasForked() }
        let forks = forks.load(ordering: .relaxed)
        let now = now()
        return pool.withLock { $0.next(forks: forks, now: now, fill: fill) }
    }

    /// Nanoseconds by a clock that is cheap to read, and a few milliseconds late.
    private static func now() -> UInt64 {
        #if os(Linux)
            let clock = CLOCK_MONOTONIC_COARSE
        #else
            let clock = CLOCK_MONOTONIC
        #endif
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// In a process that has just come to be: it may do nothing but this.
    private static func hasForked() {
        forks.wrappingAdd(1, ordering: .relaxed)
    }

    private static func fill(_ words: inout [UInt64]) {
        let isFilled = words.withUnsafeMutableBytes { bytes in
            #if canImport(Darwin)
                arc4random_buf(bytes.baseAddress, bytes.count)
                return true
            #else
                return getentropy(bytes.baseAddress, bytes.count) == 0
            #endif
        }
        if isFilled { return }
        // A kernel older than the call. Swift knows where else there are some.
        var generator = SystemRandomNumberGenerator()
        for index in words.indices { words[index] = generator.next() }
    }
}
