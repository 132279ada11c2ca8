import ChatValues
import Testing

@Suite("A line has the length that it may have")
struct SafeTextLimitTests {
    @Test(
        "long text is cut with an ellipsis, text of the limit's length is not",
        arguments: [
            ("alice", 5, "alice"), ("alice", 6, "alice"), ("alice", 4, "ali…"), ("alice", 1, "…"),
            ("", 1, ""), ("a", 1, "a"), ("alice", 0, "…"), ("alice", -3, "…"),
            ("alice", Int.max, "alice"), ("ålice", 3, "ål…"), ("ålice", 5, "ålice"),
        ])
    func limit(text: String, limit: Int, shown: String) {
        #expect(SafeText.singleLine(text, limit: limit) == shown)
    }

    @Test("a character of many code points is cut whole")
    func wholeCharacters() {
        let family = "👨\u{200D}👩\u{200D}👧\u{200D}👦"
        #expect(SafeText.singleLine("ab\(family)cd", limit: 4) == "ab\(family)…")
        #expect(SafeText.singleLine("ab\(family)cd", limit: 3) == "ab…")
        #expect(SafeText.singleLine("e\u{301}e\u{301}e\u{301}", limit: 2) == "e\u{301}…")
    }

    @Test("an escape is cut whole")
    func wholeEscapes() {
        #expect(SafeText.singleLine("ab\u{202E}cd", limit: 11) == "ab\\u{202E}…")
        for limit in 3...10 {
            #expect(SafeText.singleLine("ab\u{202E}cd", limit: limit) == "ab…")
        }
        // What only looks like an escape's beginning far from the cut stays.
        #expect(SafeText.singleLine("\\u{ is how it begins", limit: 18) == "\\u{ is how it beg…")
    }

    @Test("one character without end does not get past the limit")
    func endlessCharacter() {
        // Each is a single character to Swift: Hangul, conjuncts of Hindi, signs that prepend.
        let endless = [
            String(repeating: "\u{1100}", count: 100_000),
            String(repeating: "क\u{94D}", count: 100_000),
            String(repeating: "\u{600}", count: 100_000),
            String(repeating: "👩\u{200D}", count: 100_000) + "👩",
        ]
        for text in endless {
            #expect(text.count == 1)
            #expect(SafeText.singleLine("ab" + text, limit: 32) == "ab…")
        }
    }

    @Test("no joiner is left at the cut")
    func joinersAtTheCut() {
        #expect(SafeText.singleLine("می\u{200C}خواهم", limit: 3) == "می…")
    }
}
