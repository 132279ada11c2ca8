import P2PChat

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// Where the handler writes: it reaches nothing but globals. Written once, before any handler is
// installed.
nonisolated(unsafe) private var signalPipeEnd: CInt = -1

/// Signals as values: a handler writes their numbers into a pipe, and a thread reads them there.
enum Signals {
    enum Event: Sendable {
        /// SIGINT, SIGTERM or SIGHUP, by its number: leave.
        case leave(CInt)
        /// SIGTSTP from elsewhere than the keyboard.
        case suspend
        case resumed
        case resized
    }

    private static let numbers: [CInt: Event] = [
        SIGINT: .leave(SIGINT), SIGTERM: .leave(SIGTERM), SIGHUP: .leave(SIGHUP),
        SIGTSTP: .suspend, SIGCONT: .resumed, SIGWINCH: .resized,
    ]

    /// A broken pipe is told where the writing fails.
    static func ignorePipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// Ctrl-\ ends the program. Swift's runtime would take it for a crash to be explained.
    static func quitPlainly() {
        signal(SIGQUIT, SIG_DFL)
    }

    /// From here on the signals come as values. A signal that the program was started to ignore, as
    /// under nohup, stays ignored. To be called once; throws where the system has no more
    /// descriptors or threads.
    static func watch() throws(CommandFailure) -> AsyncStream<Event> {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .outOfResources }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A full pipe must not hold up whoever the handler interrupts.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        signalPipeEnd = ends[1]
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        let reading = ends[0]
        let started = startThread {
            while true {
                for number in Descriptors.read(from: reading) {
                    if let event = numbers[CInt(number)] { continuation.yield(event) }
                }
            }
        }
        guard started else { throw .outOfResources }
        for number in numbers.keys { install(number) }
        return events
    }

    /// Stops the process, as Ctrl-Z does elsewhere.
    static func stop() {
        kill(getpid(), SIGSTOP)
    }

    private static func install(_ number: CInt) {
        // Nobody's call is to be cut short.
        _ = SignalHandler(number, restarting: true) { number in
            let saved = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(signalPipeEnd, &byte, 1)
            errno = saved
        }
    }
}

extension CommandFailure {
    static let outOfResources = CommandFailure(
        .systemError, "The system has no more threads or files to give: end some programs.")
}
