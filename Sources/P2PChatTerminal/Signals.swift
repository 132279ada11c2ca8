#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Signals as values, taken by a thread that waits for them: no handler, and so nothing that a
/// handler may not do.
enum Signals {
    enum Event: Sendable {
        /// SIGINT, SIGTERM or SIGHUP: leave.
        case leave
        /// SIGTSTP from elsewhere than the keyboard.
        case suspend
        case resumed
        case resized
    }

    private static let numbers: [CInt: Event] = [
        SIGINT: .leave, SIGTERM: .leave, SIGHUP: .leave, SIGTSTP: .suspend, SIGCONT: .resumed,
        SIGWINCH: .resized,
    ]

    /// A broken pipe is told where the writing fails.
    static func ignorePipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// From here on the signals come as values. To be called on the main thread before there are
    /// others, which take over what it blocks. A signal that the program was started to ignore, as
    /// under nohup, stays ignored.
    static func watch() -> AsyncStream<Event> {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers.keys where !isIgnored(number) {
            sigaddset(&set, number)
            if number == SIGWINCH || number == SIGCONT {
                // What is ignored by default may be thrown away although somebody waits for it.
                signal(number) { _ in }
            }
        }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        startThread { [set] in
            var set = set
            while true {
                var number: CInt = 0
                guard sigwait(&set, &number) == 0 else { continue }
                if let event = numbers[number] { continuation.yield(event) }
            }
        }
        return events
    }

    /// Stops the process, as Ctrl-Z does elsewhere.
    static func stop() {
        kill(getpid(), SIGSTOP)
    }

    private static func isIgnored(_ number: CInt) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if canImport(Glibc)
            let handler = action.__sigaction_handler.sa_handler
        #elseif canImport(Musl)
            let handler = action.__sa_handler.sa_handler
        #else
            let handler = action.__sigaction_u.__sa_handler
        #endif
        // SIG_IGN is the handler at address 1, and Swift has no other way to compare handlers.
        return unsafeBitCast(handler, to: Int.self) == 1
    }
}
