#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The terminal: its mode, and what stands on it.
extension EditorThread {
    static let bracketedPasteOn = "\u{1B}[?2004h"
    static let bracketedPasteOff = "\u{1B}[?2004l"
    private static let eraseBelow = "\u{1B}[J"

    private static func up(_ rows: Int) -> String {
        rows > 0 ? "\u{1B}[\(rows)A" : ""
    }

    func enter() {
        mode.setRaw()
        output += Self.bracketedPasteOn
        flush()
        editor.begin()
        isDrawn = true
    }

    func leave() {
        erase()
        editor.end()
        output += Self.bracketedPasteOff
        flush()
        mode.restore()
    }

    /// Takes the prompt and the line off the terminal, where they stand there. The cursor is then
    /// where they began.
    func erase() {
        guard isDrawn else { return }
        isDrawn = false
        let size = TerminalMode.size(STDOUT_FILENO)
        var rows = ScreenRows(columns: size.columns)
        rows.addPrompt(editor.prompt, escape: LibEdit.promptEscape)
        rows.addText(editor.text().before.unicodeScalars)
        // What is longer than the window has scrolled out at its top.
        output += "\r" + Self.up(min(rows.row, size.rows - 1)) + Self.eraseBelow
    }

    /// Puts them back, under what is to be written.
    func draw() {
        flush()
        guard !isDrawn else { return }
        editor.draw()
        isDrawn = true
    }

    private func flush() {
        guard !output.isEmpty else { return }
        if !Descriptors.write(output.utf8, to: STDOUT_FILENO) { done = true }
        output = ""
    }

    func suspend() {
        leave()
        // To this thread alone, which then stops before it goes on; any other might be taken first
        // and this one touch the terminal once more.
        raise(SIGSTOP)
        takeTerminalAgain()
        draw()
    }

    /// After the program was stopped, a shell has changed the terminal behind libedit's back. The
    /// line is kept, and not drawn yet.
    func takeTerminalAgain() {
        let (before, after) = editor.text()
        editor.end()
        // Wherever the cursor is: nothing of ours stands there any more.
        isDrawn = false
        enter()
        erase()
        editor.insert(before + after)
        editor.moveCursor(-after.unicodeScalars.count)
    }

    /// Ctrl-\ ends the program on the spot, as it does elsewhere.
    func quit() {
        leave()
        signal(SIGQUIT, SIG_DFL)
        raise(SIGQUIT)
        // Blocked: leave in the ordinary way.
        done = true
    }
}
