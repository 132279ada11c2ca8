import Testing

@testable import P2PChatTerminal

@Suite("Where libedit puts its cursor", .serialized)
struct ScreenRowsTests {
    init() { TerminalMode.useUTF8() }

    private func place(_ text: String, columns: Int, prompt: String = "") -> [Int] {
        var rows = ScreenRows(columns: columns)
        rows.addPrompt(prompt, escape: LibEdit.promptEscape)
        rows.addText(text.unicodeScalars)
        return [rows.row, rows.column]
    }

    @Test("A full row ends at the start of the next")
    func fullRow() {
        #expect(place("123456789", columns: 10) == [0, 9])
        #expect(place("1234567890", columns: 10) == [1, 0])
        #expect(place("12345678901", columns: 10) == [1, 1])
    }

    @Test("What stands between marks in the prompt takes no room")
    func prompt() {
        let prompt = Style.forPrompt(Style.coloured.apply(.alarm, "bob") + "> ")
        #expect(place("", columns: 80, prompt: prompt) == [0, 5])
        #expect(place("hello", columns: 8, prompt: prompt) == [1, 2])
    }

    @Test("Wide characters are never split, and marks take no room")
    func widths() {
        #expect(place("日本", columns: 5) == [0, 4])
        #expect(place("日本語", columns: 5) == [1, 2])
        #expect(place("e\u{301}x", columns: 5) == [0, 2])
    }

    @Test("Tabs, line breaks and control characters are drawn in their own way")
    func special() {
        #expect(place("a\tb", columns: 80) == [0, 9])
        #expect(place("one\ntwo", columns: 80) == [1, 3])
        #expect(place("\u{7}", columns: 80) == [0, 2])
    }
}
