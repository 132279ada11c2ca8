import Testing

@testable import P2PChatTerminal

@Suite("Keys from a terminal's bytes")
struct KeyReaderTests {
    private func keys(_ bytes: [UInt8]) -> [Key] {
        var reader = KeyReader()
        return reader.read(bytes)
    }

    private func keys(_ text: String) -> [Key] { keys(Array(text.utf8)) }

    private func edit(_ text: String) -> Key { .edit(Array(text.unicodeScalars)) }

    @Test("Characters of any length are one key each")
    func characters() {
        #expect(keys("aé日😀") == ["a", "é", "日", "😀"].map(edit))
    }

    @Test("Control characters have meanings of their own")
    func controls() {
        #expect(
            keys("\u{3}\u{4}\t\n\r\u{1A}\u{1C}\u{10}\u{E}") == [
                .interrupt, .endOfFile, .complete, .enter, .enter, .suspend, .quit, .older, .newer,
            ])
        #expect(keys("\u{1}") == [edit("\u{1}")])
    }

    @Test("An escape sequence is one key, however it comes in")
    func sequences() {
        let text = "\u{1B}[1;5C\u{1B}[3~\u{1B}OH\u{1B}f\u{1B}[[Ax"
        let expected = [
            edit("\u{1B}[1;5C"), edit("\u{1B}[3~"), edit("\u{1B}OH"), edit("\u{1B}f"),
            edit("\u{1B}[[A"), edit("x"),
        ]
        #expect(keys(text) == expected)
        var reader = KeyReader()
        let dripped = text.utf8.flatMap { reader.read([$0]) }
        #expect(dripped == expected)
    }

    @Test("Both kinds of arrow keys go through the history")
    func arrows() {
        #expect(keys("\u{1B}[A\u{1B}OA\u{1B}[B\u{1B}OB") == [.older, .older, .newer, .newer])
    }

    @Test("Alt and Enter break the line")
    func lineBreak() {
        #expect(keys("\u{1B}\r") == [.lineBreak])
    }

    @Test("A lone Escape waits for what comes next, and is nothing by itself")
    func loneEscape() {
        var reader = KeyReader()
        #expect(reader.read([0x1B]).isEmpty)
        #expect(reader.read([0x1B]).isEmpty)
        #expect(reader.read(Array("[A".utf8)) == [.older])
    }

    @Test("A paste is one key; its control characters are gone, its line breaks are LF")
    func paste() {
        let text = "\u{1B}[200~a\tb\r\nc\rd\n\u{1B}[31me\u{3}\u{202E}f\u{2028}g\u{1B}[201~h"
        #expect(keys(text) == [.paste("a\tb\nc\nd\n[31me\u{202E}f\ng"), edit("h")])
        var reader = KeyReader()
        let dripped = text.utf8.flatMap { reader.read([$0]) }
        #expect(dripped == keys(text))
    }

    @Test("A paste over the limit is dropped whole, and what follows is read again")
    func longPaste() {
        let long = String(repeating: "x", count: KeyReader.pasteLimit + 1)
        let isDropped = keys("\u{1B}[200~\(long)\u{1B}[201~y") == [.longPaste, edit("y")]
        #expect(isDropped)
        let most = String(repeating: "x", count: KeyReader.pasteLimit)
        let isKept = keys("\u{1B}[200~\(most)\u{1B}[201~") == [.paste(most)]
        #expect(isKept)
    }

    @Test("What is not UTF-8 is dropped, and what follows it is not")
    func invalid() {
        #expect(keys([0xFF, 0xC3, 0x41]) == [edit("A")])
        #expect(keys([0xE2, 0x82, 0xC3, 0xA9]) == [edit("é")])
        // Overlong, a surrogate, beyond Unicode, C1.
        #expect(keys([0xC0, 0xAF, 0xED, 0xA0, 0x80, 0xF4, 0x90, 0x80, 0x80, 0xC2, 0x9B]).isEmpty)
    }

    @Test("A sequence without an end is given up")
    func endless() {
        let digits = String(repeating: "1", count: 100)
        #expect(!keys("\u{1B}[\(digits)").contains(edit("\u{1B}")))
        var reader = KeyReader()
        _ = reader.read(Array("\u{1B}[\(digits)".utf8))
        #expect(reader.read(Array("a".utf8)) == [edit("a")])
    }

    @Test(
        "Only what libedit has a binding for reaches it",
        arguments: [
            ("[A", true), ("[3~", true), ("[1;5D", true), ("OF", true), ("[15~", false),
            ("[1;2A", false), ("[I", false), ("OP", false), ("[<0;1;1M", false),
        ])
    func known(sequence: String, isKnown: Bool) {
        #expect(LibEdit.knows(Array("\u{1B}\(sequence)".unicodeScalars)) == isKnown)
    }
}
