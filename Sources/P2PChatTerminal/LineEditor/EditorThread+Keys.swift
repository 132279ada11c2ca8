/// What each key does.
extension EditorThread {
    func press(_ key: Key) {
        switch key {
        case .edit(let scalars): editor.press(scalars)
        case .enter: accept()
        case .lineBreak: insert("\n")
        case .paste(let text): insert(text)
        case .longPaste: editor.beep()
        case .older: show(entry: history.older(than: editor.line))
        case .newer: show(entry: history.newer())
        case .complete: completeWord()
        case .interrupt: interrupt()
        case .suspend: suspend()
        case .quit: quit()
        case .endOfFile where editor.line.isEmpty: input.yield(.endOfFile)
        case .endOfFile: editor.press(["\u{4}"])
        }
    }

    /// To be called after a key. That there is nothing in the line is told once.
    func tellTyping() {
        let line = editor.line
        let isText = !line.isEmpty && (!line.hasPrefix("/") || line.hasPrefix("//"))
        let isTyping = aside == nil && isText
        if isTyping || self.isTyping { input.yield(.typing(isTyping)) }
        self.isTyping = isTyping
    }

    private func accept() {
        let line = editor.line
        replaceLine(with: "")
        remember(line)
        input.yield(.line(line, isAnswer: aside != nil))
    }

    private func interrupt() {
        let line = editor.line
        if line.isEmpty {
            input.yield(.interrupt)
        } else {
            replaceLine(with: "")
            remember(line)
        }
    }

    private func show(entry: String?) {
        guard let entry else { return editor.beep() }
        replaceLine(with: entry)
    }

    private func replaceLine(with text: String) {
        erase()
        editor.clear()
        editor.insert(text)
        draw()
    }

    private func insert(_ text: String) {
        erase()
        editor.insert(text)
        draw()
    }

    /// Answers to questions are not kept.
    private func remember(_ line: String) {
        guard aside == nil, !line.isEmpty else { return history.rewind() }
        history.add(line)
        editor.remember(line)
    }

    private func completeWord() {
        let before = editor.text().before
        let completion = complete(before)
        guard let first = completion.candidates.first else { return editor.beep() }
        let isOnly = completion.candidates.count == 1
        let common = completion.candidates.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
        erase()
        if isOnly || common.unicodeScalars.count > completion.replaced {
            editor.deleteBefore(completion.replaced)
            editor.insert(isOnly ? first + Self.separator(after: first) : common)
        } else {
            output += completion.candidates.joined(separator: "  ") + "\n"
        }
        draw()
    }

    /// What goes on without a blank: a folder's name, a name before an address.
    private static func separator(after candidate: String) -> String {
        candidate.hasSuffix("/") || candidate.hasSuffix("@") ? "" : " "
    }
}

extension String {
    /// What both begin with, character by character.
    func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}
