#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

// Where the handler writes. A signal handler reaches nothing but globals. It is written while no
// handler of ours is installed, and by one thread at a time: TerminalPrompt sees to that.
nonisolated(unsafe) private var signalPipeEnd: Int32 = -1

/// Catches the signals that end or stop a process, for the length of a question on the terminal.
///
/// They arrive through a pipe, not by interrupting a call: in a process with several threads the
/// signal may well reach another one.
final class SignalPipe {
    private static let numbers = [
        SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU,
    ]
    private let readEnd: Int32
    private let writeEnd: Int32
    private var handlers: [SignalHandler] = []

    init() throws(IdentityError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .reading("The terminal", errno: errno) }
        readEnd = ends[0]
        writeEnd = ends[1]
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        signalPipeEnd = writeEnd
        handlers = Self.numbers.compactMap { number in
            SignalHandler(number, restarting: false) { number in
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(signalPipeEnd, &byte, 1)
                errno = saved
            }
        }
    }

    /// Puts the former handlers back. Must be called once; nothing is caught after.
    func restore() {
        for handler in handlers { handler.restore() }
        handlers = []
        signalPipeEnd = -1
        close(readEnd)
        close(writeEnd)
    }

    /// The next signal. With a descriptor, waits for one or for something to read, which gives
    /// nil; without, does not wait.
    func next(waitingFor descriptor: Int32?) -> Int32? {
        var waiting = [pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)]
        if let descriptor {
            waiting.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
        }
        let saved = errno
        defer { errno = saved }
        while poll(&waiting, nfds_t(waiting.count), descriptor == nil ? 0 : -1) < 0 {
            guard errno == EINTR else { return nil }
        }
        var number: UInt8 = 0
        return read(readEnd, &number, 1) == 1 ? Int32(number) : nil
    }
}
