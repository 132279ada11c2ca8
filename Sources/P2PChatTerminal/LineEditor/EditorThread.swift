#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the line editor's thread does: waits for keys and requests, and is the only one to touch
/// libedit and the terminal.
final class EditorThread {
    /// How long a search may keep incoming lines waiting, in milliseconds after its last key.
    private static let searchPatience: CInt = 3_000

    let mode: TerminalMode
    private let wakePipe: WakePipe
    let input: AsyncStream<LineEditor.Input>.Continuation
    let complete: @Sendable (String) -> LineEditor.Completion
    private let takeRequests: () -> [LineEditor.Request]
    let editor: LibEdit
    private var reader = KeyReader()
    private var keys: [Key] = []
    var history = LineHistory()
    /// What was being typed when a question came up.
    var aside: String?
    /// Whether the line was last told to be one that may become a message.
    var isTyping = false
    /// What came while a command of libedit's waited for a key.
    private var pending: [LineEditor.Request] = []
    /// What is to be written before libedit draws again.
    var output = ""
    /// Prompt and line stand on the terminal.
    var isDrawn = false
    /// Nothing more is to come.
    var done = false

    init?(
        mode: TerminalMode, wakePipe: WakePipe,
        input: AsyncStream<LineEditor.Input>.Continuation, prompt: String,
        complete: @escaping @Sendable (String) -> LineEditor.Completion,
        takeRequests: @escaping () -> [LineEditor.Request]
    ) {
        TerminalMode.useUTF8()
        // libedit takes what it finds for what it is to come back to between two lines.
        mode.setRaw()
        guard let editor = LibEdit(prompt: prompt) else {
            mode.restore()
            return nil
        }
        self.mode = mode
        self.wakePipe = wakePipe
        self.input = input
        self.complete = complete
        self.takeRequests = takeRequests
        self.editor = editor
    }

    func run() {
        editor.furtherKey = { [unowned self] in furtherKey() }
        enter()
        while !done {
            serve(pending + takeRequests())
            if done { break }
            if !keys.isEmpty {
                press(keys.removeFirst())
                tellTyping()
            } else if wait(timeout: -1) == .ended {
                break
            }
        }
        leave()
    }

    private enum Occasion {
        case keys, woken, timeout, ended
    }

    /// Waits for keys or requests.
    ///
    /// - Parameter timeout: milliseconds; negative waits for ever.
    private func wait(timeout: CInt) -> Occasion {
        var waiting = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakePipe.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&waiting, 2, timeout)
        guard count > 0 else { return count == 0 ? .timeout : errno == EINTR ? .woken : .ended }
        if waiting[1].revents != 0 { wakePipe.drain() }
        guard waiting[0].revents != 0 else { return .woken }
        let bytes = Descriptors.read(from: STDIN_FILENO)
        keys += reader.read(bytes)
        return bytes.isEmpty ? .ended : .keys
    }

    /// A key for a command of libedit's that wants a further one, such as its search. While that
    /// lasts nothing can be shown, so where somebody waits it does not last for ever.
    private func furtherKey() -> Unicode.Scalar? {
        var patience = Self.searchPatience
        while !done {
            if !keys.isEmpty {
                switch keys.removeFirst() {
                case .edit(let scalars) where scalars.count == 1: return scalars[0]
                // Ctrl-C gives the search up; Enter and the cursor keys end it where it stands.
                case .interrupt: return "\u{07}"
                default: return "\u{1B}"
                }
            }
            pending += takeRequests()
            if pending.contains(where: \.isStop) { return nil }
            let began = Self.milliseconds()
            switch wait(timeout: pending.isEmpty ? -1 : patience) {
            case .keys: patience = Self.searchPatience
            case .woken:
                if !pending.isEmpty { patience -= min(patience, Self.milliseconds() - began) }
            case .timeout: return "\u{07}"
            case .ended: done = true
            }
        }
        return nil
    }

    private static func milliseconds() -> CInt {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return CInt(truncatingIfNeeded: time.tv_sec &* 1_000 &+ time.tv_nsec / 1_000_000)
    }

    private func serve(_ requests: [LineEditor.Request]) {
        pending = []
        guard !requests.isEmpty else { return }
        var told: [CheckedContinuation<Void, Never>] = []
        for request in requests {
            if case .show(_, let continuation?) = request { told.append(continuation) }
            carryOut(request)
        }
        if !done { draw() }
        for continuation in told { continuation.resume() }
    }

    private func carryOut(_ request: LineEditor.Request) {
        switch request {
        case .show(let text, _):
            erase()
            output += text
        case .prompt(let prompt):
            erase()
            editor.setPrompt(prompt)
        case .putBack(let text):
            erase()
            if editor.line.isEmpty { editor.insert(text) }
        case .setAside(let away):
            erase()
            setAside(away)
        case .suspend: suspend()
        case .resized:
            editor.resize()
            erase()
        case .resumed: takeTerminalAgain()
        case .stop: done = true
        }
    }

    private func setAside(_ away: Bool) {
        if away {
            aside = editor.line
            editor.clear()
        } else if let text = aside {
            aside = nil
            if editor.line.isEmpty { editor.insert(text) }
        }
    }
}

extension LineEditor.Request {
    fileprivate var isStop: Bool {
        if case .stop = self { true } else { false }
    }
}
