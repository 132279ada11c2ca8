import P2PChat
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Everything outside the program that a command sees or touches, but for the network and the home
/// folder: tests put their own in its place.
struct Surroundings: Sendable {
    /// Seconds since 1970.
    var now: @Sendable () -> Double
    var localTime: @Sendable (Double) -> LocalTime?
    var environment: @Sendable (String) -> String?
    /// Writes to standard output; false where nobody reads it any more.
    var write: @Sendable ([UInt8]) -> Bool
    /// Writes a line to standard error, or where ``detour`` leads.
    var complain: @Sendable (String) -> Void
    /// Reads a line from standard input, where that is a terminal; nil at its end.
    var readLine: @Sendable () -> String?
    var inputIsTerminal: Bool
    var outputIsTerminal: Bool
    /// For progress on standard error; nil where that is no terminal.
    var drawProgress: (@Sendable (String) -> Void)? = nil
    /// Signals as values, from when it is called. To be called once.
    var signals: @Sendable () throws -> AsyncStream<Signals.Event> = { AsyncStream { $0.finish() } }

    /// Ends the program at once, with this status.
    var end: @Sendable (CInt) -> Void

    /// Where lines for standard error go while a prompt stands on the same terminal.
    var detour = Detour()

    /// What commands use. A task's own, so that tests can put theirs in its place.
    @TaskLocal static var current = Surroundings.system

    static var system: Surroundings {
        let detour = Detour()
        var drawProgress: (@Sendable (String) -> Void)?
        if isatty(STDERR_FILENO) == 1 {
            drawProgress = { Descriptors.write($0.utf8, to: STDERR_FILENO) }
        }
        return Surroundings(
            now: {
                var time = timespec()
                clock_gettime(CLOCK_REALTIME, &time)
                return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
            },
            localTime: LocalTime.system,
            environment: { name in getenv(name).map { String(cString: $0) } },
            write: { Descriptors.write($0, to: STDOUT_FILENO) },
            complain: { line in
                if !detour.take(line) { Descriptors.write("\(line)\n".utf8, to: STDERR_FILENO) }
            },
            readLine: { Swift.readLine(strippingNewline: true) },
            inputIsTerminal: isatty(STDIN_FILENO) == 1,
            outputIsTerminal: isatty(STDOUT_FILENO) == 1,
            drawProgress: drawProgress, signals: { try Signals.watch() }, end: { _exit($0) },
            detour: detour)
    }

    var errorsAreOnTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// A terminal that can do more than go on to the next line.
    var terminalIsCapable: Bool {
        guard let type = environment("TERM") else { return false }
        return !type.isEmpty && type != "dumb"
    }

    /// Colours are for people: never where a program reads, or where NO_COLOR asks for none.
    var style: Style {
        let unwanted = environment("NO_COLOR").map { !$0.isEmpty } ?? false
        return outputIsTerminal && terminalIsCapable && !unwanted ? .coloured : .plain
    }

    func print(_ text: String) {
        _ = write(Array("\(text)\n".utf8))
    }

    func print(_ line: [UInt8]) {
        _ = write(line + [0x0A])
    }
}

/// Leads lines away from where they would have gone.
final class Detour: Sendable {
    private let target = Mutex<(@Sendable (String) -> Void)?>(nil)

    /// Nil ends it.
    func lead(to target: (@Sendable (String) -> Void)?) {
        self.target.withLock { $0 = target }
    }

    /// False where the line is to go the usual way.
    func take(_ line: String) -> Bool {
        guard let target = target.withLock({ $0 }) else { return false }
        target(line)
        return true
    }
}
