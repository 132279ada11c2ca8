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
    /// How long a search may keep incoming lines waiting after its last key, in milliseconds.
    private static let searchPatience: CInt = 3_000

    private let mode: TerminalMode
    private let wakePipe: WakePipe
    private let input: AsyncStream<LineEditor.Input>.Continuation
    private let complete: @Sendable (String) -> LineEditor.Completion
    private let takeRequests: () -> [LineEditor.Request]
    private let editor: LibEdit
    private var reader = KeyReader()
    private var keys: [Key] = []
    private var history = LineHistory()
    /// What was being typed when a question came up.
    private var aside: String?
    /// What came while a command of libedit's waited for a key.
    private var pending: [LineEditor.Request] = []
    /// Nothing more is to come.
    private var done = false

    init?(
        mode: TerminalMode, wakePipe: WakePipe,
        input: AsyncStream<LineEditor.Input>.Continuation, prompt: String,
        complete: @escaping @Sendable (String) -> LineEditor.Completion,
        takeRequests: @escaping () -> [LineEditor.Request]
    ) {
        TerminalMode.useUTF8()
        // libedit would take a terminal without echo for one that does not want to be edited.
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
            serveRequests()
            if done { break }
            if keys.isEmpty {
                guard wait(timeout: -1) else { break }
            } else {
                press(keys.removeFirst())
            }
        }
        erase()
        leave()
    }

    // MARK: Terminal

    private func enter() {
        mode.setRaw()
        write(Sequence.bracketedPasteOn)
        editor.begin()
    }

    private func leave() {
        editor.end()
        write(Self.bracketedPasteOff)
        mode.restore()
    }

    static let bracketedPasteOff = "\u{1B}[?2004l"

    private enum Sequence {
        static let bracketedPasteOn = "\u{1B}[?2004h"
        static let eraseBelow = "\u{1B}[J"
        static func up(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)A" : "" }
    }

    private func write(_ text: String) {
        if !Descriptors.write(text.utf8, to: STDOUT_FILENO) { done = true }
    }

    /// Takes the prompt and the line off the terminal. The cursor stands where they began.
    private func erase() {
        let size = TerminalMode.size(STDOUT_FILENO)
        var rows = ScreenRows(columns: size.columns)
        rows.addPrompt(editor.prompt, escape: LibEdit.promptEscape)
        rows.addText(editor.text().before.unicodeScalars)
        // What is longer than the window has scrolled out at its top.
        write("\r" + Sequence.up(min(rows.row, size.rows - 1)) + Sequence.eraseBelow)
    }

    // MARK: Waiting

    /// Waits for keys or requests. False once there is no terminal to read from.
    private func wait(timeout: CInt) -> Bool {
        var waiting = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakePipe.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&waiting, 2, timeout) > 0 else { return errno == EINTR || timeout >= 0 }
        if waiting[1].revents != 0 { wakePipe.drain() }
        guard waiting[0].revents != 0 else { return true }
        let bytes = Descriptors.read(from: STDIN_FILENO)
        keys += reader.read(bytes)
        return !bytes.isEmpty
    }

    /// A key for a command of libedit's that wants a further one, such as its search. While it
    /// lasts nothing can be shown, so it does not last for ever.
    private func furtherKey() -> Unicode.Scalar? {
        while !done {
            if !keys.isEmpty {
                switch keys.removeFirst() {
                case .edit(let scalars):
                    // A cursor key ends the command; so does Enter, without sending.
                    return scalars.count == 1 ? scalars[0] : "\u{1B}"
                case .interrupt: return "\u{07}"
                default: return "\u{1B}"
                }
            }
            pending += takeRequests()
            if pending.contains(where: { if case .stop = $0 { true } else { false } }) { return nil }
            let before = keys.count
            guard wait(timeout: pending.isEmpty ? -1 : Self.searchPatience) else {
                done = true
                return nil
            }
            if !pending.isEmpty && keys.count == before { return "\u{07}" }
        }
        return nil
    }

    // MARK: Requests

    private func serveRequests() {
        let requests = pending + takeRequests()
        pending = []
        guard !requests.isEmpty else { return }
        var told: [CheckedContinuation<Void, Never>] = []
        var lines = ""
        var redraw = false
        for request in requests {
            switch request {
            case .show(let text, let continuation):
                lines += text
                if let continuation { told.append(continuation) }
            case .prompt(let prompt):
                if !redraw { erase() }
                editor.setPrompt(prompt)
                redraw = true
            case .putBack(let text):
                if !redraw { erase() }
                putBack(text)
                redraw = true
            case .setAside(let away):
                if !redraw { erase() }
                setAside(away)
                redraw = true
            case .suspend:
                suspend()
            case .resized:
                editor.resize()
                if !redraw { erase() }
                redraw = true
            case .resumed:
                takeTerminalAgain()
                redraw = true
            case .stop:
                done = true
            }
        }
        if !lines.isEmpty {
            if !redraw { erase() }
            write(lines)
            redraw = true
        }
        if redraw && !done { editor.draw() }
        for continuation in told { continuation.resume() }
    }

    private func putBack(_ text: String) {
        if editor.line.isEmpty {
            editor.insert(text)
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

    // MARK: Keys

    private func press(_ key: Key) {
        switch key {
        case .edit(let scalars): editor.press(scalars)
        case .enter: accept()
        case .older: show(entry: history.older(than: editor.line))
        case .newer: show(entry: history.newer())
        case .lineBreak: insert("\n")
        case .paste(let text): insert(text)
        case .longPaste: editor.beep()
        case .complete: completeWord()
        case .interrupt: interrupt()
        case .suspend: suspend()
        case .quit: quit()
        case .endOfFile where editor.line.isEmpty: input.yield(.endOfFile)
        case .endOfFile: editor.press(["\u{4}"])
        }
    }

    private func show(entry: String?) {
        guard let entry else { return editor.beep() }
        erase()
        editor.clear()
        editor.insert(entry)
        editor.draw()
    }

    private func remember(_ line: String) {
        guard aside == nil && !line.isEmpty else { return history.rewind() }
        history.add(line)
        editor.remember(line)
    }

    private func accept() {
        let line = editor.line
        erase()
        remember(line)
        editor.clear()
        editor.draw()
        input.yield(.line(line))
    }

    private func insert(_ text: String) {
        erase()
        editor.insert(text)
        editor.draw()
    }

    private func interrupt() {
        let line = editor.line
        if line.isEmpty {
            input.yield(.interrupt)
        } else {
            erase()
            remember(line)
            editor.clear()
            editor.draw()
        }
    }

    private func completeWord() {
        let before = editor.text().before
        let completion = complete(before)
        guard let first = completion.candidates.first else { return editor.beep() }
        let common = completion.candidates.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
        erase()
        let typed = String(before.unicodeScalars.suffix(completion.replaced))
        if completion.candidates.count == 1 || common.unicodeScalars.count > completion.replaced {
            editor.deleteBefore(completion.replaced)
            editor.insert(completion.candidates.count == 1 ? first + separator(after: first) : common)
        } else if typed == common || completion.candidates.count > 1 {
            write(completion.candidates.joined(separator: "  ") + "\n")
        }
        editor.draw()
    }

    /// What goes on without a blank: a folder's name, a name before an address.
    private func separator(after candidate: String) -> String {
        candidate.hasSuffix("/") || candidate.hasSuffix("@") ? "" : " "
    }

    private func suspend() {
        erase()
        editor.end()
        write(Self.bracketedPasteOff)
        mode.restore()
        // To this thread alone, which then stops before it goes on; any other might be taken first
        // and this one touch the terminal once more.
        raise(SIGSTOP)
        takeTerminalAgain()
        editor.draw()
    }

    /// After the program was stopped, a shell has changed the terminal behind libedit's back. The
    /// line is kept.
    private func takeTerminalAgain() {
        let (before, after) = editor.text()
        editor.end()
        enter()
        erase()
        editor.insert(before + after)
        editor.moveCursor(-after.unicodeScalars.count)
    }

    private func quit() {
        erase()
        leave()
        signal(SIGQUIT, SIG_DFL)
        raise(SIGQUIT)
        // Blocked or ignored: leave in the ordinary way.
        done = true
    }
}

extension String {
    /// What both begin with, character by character.
    func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}
