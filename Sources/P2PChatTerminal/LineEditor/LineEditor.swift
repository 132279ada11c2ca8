import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One prompt at the bottom of the terminal, at which a person types while lines appear above it.
///
/// libedit runs on a thread of its own, which alone reads the keyboard and writes to the terminal.
/// What others want shown or changed they hand over; what the person does comes out of ``inputs``.
final class LineEditor: Sendable {
    enum Input: Equatable, Sendable {
        /// A line, ended by Enter, and whether it was typed while another was set aside: in answer
        /// to a question. It is gone from the prompt: show again what is worth showing.
        case line(String, isAnswer: Bool)
        /// A key has changed the line. True where there is something in it that may become a
        /// message.
        case typing(Bool)
        /// Ctrl-C on an empty line. On any other, it empties the line.
        case interrupt
        /// Ctrl-D on an empty line, or the terminal has gone.
        case endOfFile
    }

    enum Request: Sendable {
        /// Whole lines, each ended by LF, and what is to be told once they are written.
        case show(String, CheckedContinuation<Void, Never>?)
        case prompt(String)
        /// Puts the text into the line where that is empty; else the history has it.
        case putBack(String)
        /// Sets aside what is being typed, for a question; or takes it back.
        case setAside(Bool)
        case suspend
        case resumed
        case resized
        case stop
    }

    struct Completion: Equatable, Sendable {
        /// How many characters before the cursor are replaced.
        var replaced: Int
        var candidates: [String]
    }

    private struct State {
        var requests: [Request] = []
        var ended = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// What the person does. One consumer.
    let inputs: AsyncStream<Input>
    private let mode: TerminalMode
    private let wakePipe: WakePipe
    private let state = Mutex(State())

    /// Takes over the terminal. Nil where standard input or output is none, or libedit can't start.
    ///
    /// - Parameters:
    ///   - prompt: what stands at its head is shown as it is: make it safe first.
    ///   - complete: called on the editor's thread with what stands before the cursor.
    init?(prompt: String, complete: @escaping @Sendable (String) -> Completion) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1,
            let mode = TerminalMode(STDIN_FILENO), let wakePipe = WakePipe()
        else { return nil }
        let (inputs, input) = AsyncStream.makeStream(of: Input.self)
        self.inputs = inputs
        self.mode = mode
        self.wakePipe = wakePipe
        let started = startThread { [self] in
            edit(mode: mode, input: input, prompt: prompt, complete: complete)
            // After libedit, which at its end sets what it found: a terminal made ready for it.
            mode.restore()
            input.yield(.endOfFile)
            input.finish()
            end()
        }
        guard started else { return nil }
    }

    private func edit(
        mode: TerminalMode, input: AsyncStream<Input>.Continuation, prompt: String,
        complete: @escaping @Sendable (String) -> Completion
    ) {
        EditorThread(
            mode: mode, wakePipe: wakePipe, input: input, prompt: prompt, complete: complete,
            takeRequests: { self.takeRequests() }
        )?.run()
    }

    /// Shows whole lines above what is being typed, and returns once they are on the terminal.
    func show(_ lines: String) async {
        guard !lines.isEmpty else { return }
        await withCheckedContinuation { continuation in
            if !post(.show(lines, continuation)) { continuation.resume() }
        }
    }

    /// Hands a request over. False where the editor has ended.
    @discardableResult
    func post(_ request: Request) -> Bool {
        let taken = state.withLock { state in
            if !state.ended { state.requests.append(request) }
            return !state.ended
        }
        if taken { wakePipe.wake() }
        return taken
    }

    /// Gives the terminal back as it was found, after what is still to be shown.
    func stop() async {
        post(.stop)
        await withCheckedContinuation { continuation in
            let ended = state.withLock { state in
                if !state.ended { state.waiters.append(continuation) }
                return state.ended
            }
            if ended { continuation.resume() }
        }
    }

    /// Gives the terminal back at once, from any thread, without waiting for the editor's own: the
    /// process is about to end, and its output may be held up.
    func giveBackTerminal() {
        if Descriptors.isWritable(STDOUT_FILENO) {
            Descriptors.write(EditorThread.bracketedPasteOff.utf8, to: STDOUT_FILENO)
        }
        mode.restore(atOnce: true)
    }

    private func takeRequests() -> [Request] {
        state.withLock { state in
            defer { state.requests = [] }
            return state.requests
        }
    }

    private func end() {
        let (requests, waiters) = state.withLock { state in
            state.ended = true
            defer { (state.requests, state.waiters) = ([], []) }
            return (state.requests, state.waiters)
        }
        for case .show(_, let continuation?) in requests { continuation.resume() }
        for waiter in waiters { waiter.resume() }
    }
}
