#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// Where the handler writes. A handler reaches nothing but globals; this one is set once, before the
// first handler is installed.
nonisolated(unsafe) private var signalsWritingEnd: CInt = -1

/// Signals as values. A handler writes their numbers into a pipe, and a thread reads them there.
///
/// Blocking them and waiting with sigwait does not do: the main thread of a program with an
/// asynchronous main sits in dispatch_main, whose sigsuspend lets every signal through to it.
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

    /// From here on the signals come as values. A signal that the program was started to ignore, as
    /// under nohup, stays ignored. To be called once.
    static func watch() -> AsyncStream<Event> {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        var ends: [CInt] = [-1, -1]
        // Without a pipe the signals do what they do by themselves: end the program.
        guard pipe(&ends) == 0 else { return events }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        signalsWritingEnd = ends[1]
        for number in numbers.keys where !isIgnored(number) {
            var action = sigaction.noting
            sigaction(number, &action, nil)
        }
        let reading = ends[0]
        startThread {
            var number: UInt8 = 0
            while true {
                let count = read(reading, &number, 1)
                guard count == 1 || errno == EINTR else { return }
                if count == 1, let event = numbers[CInt(number)] { continuation.yield(event) }
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

extension sigaction {
    /// Calls that a signal interrupts go on afterwards.
    fileprivate static var noting: sigaction {
        var action = sigaction()
        sigemptyset(&action.sa_mask)
        action.sa_flags = SA_RESTART
        let handler: @convention(c) (CInt) -> Void = { number in
            let saved = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(signalsWritingEnd, &byte, 1)
            errno = saved
        }
        #if canImport(Glibc)
            action.__sigaction_handler.sa_handler = handler
        #elseif canImport(Musl)
            action.__sa_handler.sa_handler = handler
        #else
            action.__sigaction_u.__sa_handler = handler
        #endif
        return action
    }
}
