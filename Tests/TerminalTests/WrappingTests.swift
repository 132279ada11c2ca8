import Testing

@testable import P2PChatTerminal

@Suite("Breaking lines to the terminal's width", .serialized)
struct WrappingTests {
    init() { TerminalMode.useUTF8() }

    private func wrap(_ line: String, first: Int = 0, columns: Int? = 40) -> [String] {
        Wrapping.wrap(line, first: first, indent: 8, columns: columns)
    }

    @Test("Short lines stay, and so does everything where there is no width")
    func short() {
        #expect(wrap("short") == ["short"])
        #expect(wrap("") == [""])
        let long = String(repeating: "word ", count: 50)
        #expect(wrap(long, columns: nil) == [long])
        #expect(wrap(long, columns: 20) == [long])
    }

    @Test("Lines are broken at blanks, and no piece is wider than the terminal")
    func words() {
        let text = "the quick brown fox jumps over the lazy dog and goes on to the next one"
        let pieces = wrap(text, first: 5)
        #expect(pieces.count > 1)
        #expect(Wrapping.width(pieces[0]) <= 40 - 8 - 5)
        #expect(pieces.dropFirst().allSatisfy { Wrapping.width($0) <= 40 - 8 })
        #expect(pieces.flatMap { $0.split(separator: " ") } == text.split(separator: " "))
    }

    @Test("Blanks in any number can't bring text to the first column")
    func padding() {
        for count in 20...60 {
            let text = "hi" + String(repeating: " ", count: count) + "[14:03] carol: I agree"
            let pieces = wrap(text, first: 5)
            #expect(pieces.allSatisfy { Wrapping.width($0) <= 40 - 8 })
            #expect(pieces.joined().filter { $0 != " " } == text.filter { $0 != " " })
        }
    }

    @Test("A link stays whole; a long word of another script is cut by width")
    func longWords() {
        let link = "https://example.org/" + String(repeating: "a", count: 60)
        #expect(wrap("see " + link) == ["see ", link])
        let pieces = wrap(String(repeating: "日", count: 40))
        #expect(pieces.count == 3)
        #expect(pieces.allSatisfy { Wrapping.width($0) <= 32 })
        #expect(pieces.joined() == String(repeating: "日", count: 40))
    }

    @Test("A fingerprint is broken between its pairs, and loses none")
    func fingerprints() {
        let fingerprint = (0..<32).map { _ in "A1" }.joined(separator: ":")
        let pieces = wrap("the certificate " + fingerprint + ", which")
        #expect(pieces.allSatisfy { Wrapping.width($0) <= 40 })
        let whole = wrap(fingerprint)
        #expect(whole.count == 4)
        #expect(whole.dropLast().allSatisfy { Wrapping.width($0) <= 32 && $0.hasSuffix(":") })
        #expect(whole.joined() == fingerprint)
        // Something else in that form, but longer digits, is no fingerprint.
        let other = (0..<12).map { _ in "A1B2C3" }.joined(separator: ":")
        #expect(wrap(other) == [other])
    }

    @Test("A no-break space is no way around the width")
    func noBreakSpace() {
        let text = String(repeating: "x", count: 26) + "\u{A0}[14:03]\u{A0}carol:\u{A0}yes"
        #expect(wrap(text).allSatisfy { Wrapping.width($0) <= 32 })
    }
}
