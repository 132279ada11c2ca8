internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// One line from the terminal with its echo off, after the model of BSD's readpassphrase: however
/// the question ends, by an answer or by a signal, the terminal is put back as it was first.
enum TerminalPrompt {
    // A line of a terminal in its usual mode has 4,095 bytes at most.
    private static let lineCapacity = 4_096
    private static let oneAtATime = Mutex(())

    /// The line without its end.
    static func readLine(prompt: String) throws(IdentityError) -> SecretBytes {
        try oneAtATime.withLock { _ throws(IdentityError) in
            let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
            guard terminal >= 0 else {
                throw IdentityError(
                    .noTerminal,
                    "There is no terminal to ask for the passphrase on; "
                        + "give it with --passphrase-file or --passphrase-fd.")
            }
            defer { close(terminal) }
            while true {
                switch try ask(prompt, on: terminal) {
                case .line(let line): return line
                case .endOfInput:
                    throw IdentityError(
                        .cancelled, "No passphrase was given; nothing was changed.")
                case .signal(let signal):
                    // The usual answer to the signal, now that the terminal is in order.
                    deliver(signal)
                    // Stopped and continued: the question is asked anew.
                    if [SIGTSTP, SIGTTIN, SIGTTOU].contains(signal) { continue }
                    throw IdentityError(
                        .cancelled, "The question for the passphrase was interrupted.")
                }
            }
        }
    }

    private enum Outcome {
        case line(SecretBytes)
        case endOfInput
        case signal(Int32)
    }

    private static func ask(
        _ prompt: String, on terminal: Int32
    ) throws(IdentityError) -> Outcome {
        let signals = try SignalPipe()
        defer { signals.restore() }
        var usual = termios()
        guard tcgetattr(terminal, &usual) == 0 else {
            throw .reading("The terminal", errno: errno)
        }
        var silent = usual
        silent.c_lflag &= ~tcflag_t(ECHO | ECHONL)
        silent.c_lflag |= tcflag_t(ICANON | ISIG)
        // What was typed before the question, in plain sight, is no answer to it.
        while tcsetattr(terminal, TCSAFLUSH, &silent) != 0 {
            if let signal = signals.next(waitingFor: nil) { return .signal(signal) }
            guard errno == EINTR else { throw .reading("The terminal", errno: errno) }
        }
        defer {
            // A process in the background is stopped for touching the terminal: SIGTTOU has been
            // noted then, and the shell puts the terminal in order itself.
            while tcsetattr(terminal, TCSAFLUSH, &usual) != 0, errno == EINTR,
                signals.next(waitingFor: nil) != SIGTTOU
            {}
            say("\n", on: terminal)
        }
        say(prompt, on: terminal)
        return try readLine(from: terminal, signals)
    }

    private static func readLine(
        from terminal: Int32, _ signals: SignalPipe
    ) throws(IdentityError) -> Outcome {
        var outcome = Outcome.endOfInput
        var isComplete = false
        let line = try SecretBytes(capacity: lineCapacity) { (buffer) throws(IdentityError) in
            var length = 0
            while length < buffer.count {
                if let signal = signals.next(waitingFor: terminal) {
                    outcome = .signal(signal)
                    return 0
                }
                let count = read(
                    terminal, buffer.baseAddress?.advanced(by: length), buffer.count - length)
                if count == 0 { return length }
                guard count > 0 else {
                    if errno == EINTR || errno == EAGAIN { continue }
                    throw .reading("The terminal", errno: errno)
                }
                length += count
                if buffer[length - 1] == UInt8(ascii: "\n") {
                    isComplete = true
                    return length - 1
                }
            }
            return length
        }
        // Ctrl-D after some text ends the line as well; on an empty line it ends the input.
        return isComplete || line.count > 0 ? .line(line) : outcome
    }

    /// Has the signal done its work when this returns, whichever it is. Sent to the process it might
    /// be taken by another thread, later; and threads of a pool block signals.
    private static func deliver(_ signal: Int32) {
        var only = sigset_t()
        var former = sigset_t()
        sigemptyset(&only)
        sigaddset(&only, signal)
        pthread_sigmask(SIG_UNBLOCK, &only, &former)
        raise(signal)
        pthread_sigmask(SIG_SETMASK, &former, nil)
    }

    private static func say(_ text: String, on terminal: Int32) {
        let bytes = Array(text.utf8)
        _ = write(terminal, bytes, bytes.count)
    }
}
