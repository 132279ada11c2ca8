import CLibEdit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// libedit's editor with its history, fed key by key. Owns both C objects.
///
/// Confined to one thread; the terminal is in raw mode before it is made.
final class LibEdit {
    /// Stands around what takes no room in a prompt.
    static let promptEscape: Unicode.Scalar = "\u{1}"
    private static let historySize: Int32 = 500

    private let editor: OpaquePointer
    private let history: OpaquePointer
    private var promptText: UnsafeMutableBufferPointer<wchar_t>
    private(set) var prompt: String
    private var keys: [Unicode.Scalar] = []
    /// Asked where a command of libedit's, such as its search, wants a further key. Nil ends it.
    var furtherKey: () -> Unicode.Scalar? = { nil }

    /// Nil where libedit can't start: out of memory.
    init?(prompt: String) {
        guard let history = history_winit() else { return nil }
        guard let editor = CLibEdit_init("p2pchat") else {
            history_wend(history)
            return nil
        }
        self.editor = editor
        self.history = history
        self.prompt = prompt
        self.promptText = Self.wide(prompt)
        _ = CLibEdit_historySetSize(history, Self.historySize)
        _ = CLibEdit_historySetUnique(history, 1)
        _ = CLibEdit_setHistory(editor, history)
        _ = CLibEdit_setClientData(editor, Unmanaged.passUnretained(self).toOpaque())
        _ = CLibEdit_setSignals(editor, 0)
        _ = CLibEdit_setReader(editor) { editor, key in
            guard let editor, let key, let data = CLibEdit_clientData(editor),
                let scalar = Unmanaged<LibEdit>.fromOpaque(data).takeUnretainedValue().nextKey()
            else { return 0 }
            key.pointee = wchar_t(scalar.value)
            return 1
        }
        _ = CLibEdit_setPrompt(
            editor,
            { editor in
                guard let editor, let data = CLibEdit_clientData(editor) else { return nil }
                return Unmanaged<LibEdit>.fromOpaque(data).takeUnretainedValue()
                    .promptText.baseAddress
            }, wchar_t(Self.promptEscape.value))
        bindKeys()
    }

    deinit {
        el_end(editor)
        history_wend(history)
        promptText.deallocate()
    }

    /// What comes after Escape and `[` for the keys that libedit does not bind itself.
    private static let cursorKeys = [
        "H": "ed-move-to-beg", "F": "ed-move-to-end",
        "1~": "ed-move-to-beg", "4~": "ed-move-to-end",
        "7~": "ed-move-to-beg", "8~": "ed-move-to-end",
        "3~": "ed-delete-next-char",
        "1;5C": "em-next-word", "1;5D": "ed-prev-word",
        "1;3C": "em-next-word", "1;3D": "ed-prev-word",
        "5C": "em-next-word", "5D": "ed-prev-word",
    ]

    /// Whether the key does something. libedit takes the rest of a sequence that it doesn't know
    /// for text, or for commands: such a key must not reach it.
    static func knows(_ key: [Unicode.Scalar]) -> Bool {
        guard key.count > 2 else { return true }
        let rest = String(String.UnicodeScalarView(key[2...]))
        if ["A", "B", "C", "D"].contains(rest) { return true }
        return key[1] == "O" ? ["H", "F"].contains(rest) : cursorKeys[rest] != nil
    }

    private func bindKeys() {
        set("emacs") { CLibEdit_setEditor(editor, $0) }
        bind("^R", "em-inc-search-prev")
        bind("^W", "ed-delete-prev-word")
        // The user's own bindings for every program with libedit.
        el_source(editor, nil)
        for (rest, command) in Self.cursorKeys { bind("\\e[" + rest, command) }
        bind("\\eOH", "ed-move-to-beg")
        bind("\\eOF", "ed-move-to-end")
        // Its quoted insert is there to type control characters, which no message carries; the end
        // of the file is told otherwise.
        bind("^V", "ed-unassigned")
        bind("^D", "ed-delete-next-char")
        // Keys that send signals elsewhere come to us as bytes, between two lines as well: libedit
        // has settings for editing (-d) and for the time in between (-x).
        setTerminalFlag("-d", "-isig")
        for flag in ["-isig", "-icanon", "-echo", "-iexten"] { setTerminalFlag("-x", flag) }
        _ = CLibEdit_setEditMode(editor, 1)
    }

    private func bind(_ key: String, _ command: String) {
        set(key) { key in set(command) { CLibEdit_bind(editor, key, $0) } }
    }

    private func setTerminalFlag(_ mode: String, _ flag: String) {
        set(mode) { mode in set(flag) { CLibEdit_setTerminalFlag(editor, mode, $0) } }
    }

    @discardableResult
    private func set<Result>(
        _ text: String, _ body: (UnsafePointer<wchar_t>?) -> Result
    ) -> Result {
        let wide = Self.wide(text)
        defer { wide.deallocate() }
        return body(UnsafePointer(wide.baseAddress))
    }

    /// NUL-terminated, to be deallocated by the caller.
    private static func wide(_ text: String) -> UnsafeMutableBufferPointer<wchar_t> {
        let characters = text.unicodeScalars.map { wchar_t($0.value) }.filter { $0 != 0 }
        let buffer = UnsafeMutableBufferPointer<wchar_t>.allocate(capacity: characters.count + 1)
        _ = buffer.initialize(from: characters + [0])
        return buffer
    }

    private func nextKey() -> Unicode.Scalar? {
        keys.isEmpty ? furtherKey() : keys.removeFirst()
    }
}

// What the line editor does with it.
extension LibEdit {
    /// The line as it stands.
    var line: String {
        let (before, after) = text()
        return before + after
    }

    /// What stands before the cursor, and after it.
    func text() -> (before: String, after: String) {
        guard let info = el_wline(editor)?.pointee, let start = info.buffer,
            let cursor = info.cursor, let end = info.lastchar
        else { return ("", "") }
        return (Self.string(start, cursor), Self.string(cursor, end))
    }

    private static func string(
        _ start: UnsafePointer<wchar_t>, _ end: UnsafePointer<wchar_t>
    ) -> String {
        var text = String.UnicodeScalarView()
        for character in UnsafeBufferPointer(start: start, count: max(0, end - start)) {
            if let scalar = Unicode.Scalar(UInt32(bitPattern: character)) { text.append(scalar) }
        }
        return String(text)
    }

    /// Draws the prompt and begins to edit.
    func begin() {
        _ = CLibEdit_setUnbuffered(editor, 1)
    }

    /// Gives the terminal back.
    func end() {
        _ = CLibEdit_setUnbuffered(editor, 0)
    }

    /// Carries out one key.
    func press(_ key: [Unicode.Scalar]) {
        guard Self.knows(key) else { return beep() }
        keys = key
        var count: Int32 = 0
        _ = el_wgets(editor, &count)
        keys = []
        // A search that ends with another command's key leaves that key behind: let it follow.
        let further = furtherKey
        furtherKey = { nil }
        _ = el_wgets(editor, &count)
        furtherKey = further
    }

    /// Inserts before the cursor, without drawing.
    func insert(_ text: String) {
        guard !text.isEmpty else { return }
        set(text) { _ = el_winsertstr(editor, $0) }
    }

    /// Removes so many characters before the cursor, without drawing.
    func deleteBefore(_ count: Int) {
        el_deletestr(editor, Int32(clamping: count))
    }

    /// Moves the cursor so many characters to the right, or the left, without drawing.
    func moveCursor(_ count: Int) {
        el_cursor(editor, Int32(clamping: count))
    }

    /// Empties the line, without drawing.
    func clear() {
        el_reset(editor)
    }

    /// Keeps the line for libedit's search.
    func remember(_ line: String) {
        set(line) { _ = CLibEdit_historyEnter(history, $0) }
    }

    /// Takes a new prompt, without drawing.
    func setPrompt(_ prompt: String) {
        self.prompt = prompt
        promptText.deallocate()
        promptText = Self.wide(prompt)
    }

    /// Draws prompt and line anew from the cursor's place, which is the start of an empty row.
    func draw() {
        _ = CLibEdit_refresh(editor)
    }

    func resize() {
        el_resize(editor)
    }

    func beep() {
        el_beep(editor)
    }
}
