import ChatValues
import Testing

/// What somebody would really send to deceive, and what is shown instead.
@Suite("Text meant to deceive is shown for what it is")
struct SafeTextAttackTests {
    @Test(
        "an escape sequence is visible, not obeyed",
        arguments: [
            // Sets the clipboard (OSC 52) to a command line.
            ("\u{1B}]52;c;cm0gLXJmIH4K\u{07}", "\\u{1B}]52;c;cm0gLXJmIH4K\\u{7}"),
            // Sets the window's title, ended by ST.
            ("\u{1B}]0;root@bank\u{1B}\\", "\\u{1B}]0;root@bank\\u{1B}\\"),
            // The same with the one-byte OSC and ST of C1.
            ("\u{9D}0;root@bank\u{9C}", "\\u{9D}0;root@bank\\u{9C}"),
            // Clears the screen; CSI as a C1 control.
            ("\u{1B}[2J\u{9B}H", "\\u{1B}[2J\\u{9B}H"),
            // A link that says one thing and leads to another (OSC 8).
            ("\u{1B}]8;;http://evil\u{07}bank", "\\u{1B}]8;;http://evil\\u{7}bank"),
            ("a\u{0}b", "a\\u{0}b"), ("a\u{8}\u{8}b", "a\\u{8}\\u{8}b"),
            ("a\u{7F}b", "a\\u{7F}b"), ("\u{90}q\u{9C}", "\\u{90}q\\u{9C}"),
        ])
    func escapeSequences(text: String, shown: String) {
        #expect(SafeText.singleLine(text) == shown)
        #expect(SafeText.lines(text) == [shown])
    }

    @Test("a carriage return can't paint a prompt over the line")
    func fakePrompt() {
        let text = "hi\r\u{1B}[Kbob> send me your key"
        #expect(SafeText.singleLine(text) == "hi\\u{D}\\u{1B}[Kbob> send me your key")
        #expect(SafeText.lines(text) == ["hi", "\\u{1B}[Kbob> send me your key"])
    }

    @Test(
        "every kind of line break ends a line, and only that",
        arguments: [
            "\n", "\r\n", "\r", "\u{0B}", "\u{0C}", "\u{85}", "\u{2028}", "\u{2029}",
        ])
    func lineBreaks(lineBreak: String) {
        #expect(SafeText.lines("a\(lineBreak)<bob> b") == ["a", "<bob> b"])
        #expect(SafeText.lines("\(lineBreak)") == ["", ""])
        let label = SafeText.singleLine("a\(lineBreak)<bob> b")
        #expect(label.hasPrefix("a\\u{") && label.hasSuffix("}<bob> b"))
        #expect(label.unicodeScalars.allSatisfy { 0x20...0x7E ~= $0.value })
    }

    @Test("two breaks make an empty line, and separators of data make none")
    func lineBreaksInARow() {
        #expect(SafeText.lines("a\n\nb\n\rc") == ["a", "", "b", "", "c"])
        #expect(SafeText.lines("a\u{1C}b\u{1D}c\u{1E}d") == ["a\\u{1C}b\\u{1D}c\\u{1E}d"])
        #expect(SafeText.lines("") == [""])
    }

    @Test("a tab moves a message by spaces and shows in a name")
    func tabs() {
        #expect(SafeText.lines("a\tb") == ["a    b"])
        #expect(SafeText.singleLine("a\tb") == "a\\u{9}b")
    }

    @Test(
        "overrides, embeddings and isolates are visible (CVE-2021-42574)",
        arguments: Array(0x202A...0x202E) + Array(0x2066...0x2069) as [UInt32])
    func bidirectionalControls(value: UInt32) throws {
        let control = try #require(Unicode.Scalar(value))
        // A program that reads as a picture: photo_exe.jpg.
        let text = "photo_\(control)gpj.exe"
        let shown = "photo_\\u{\(String(value, radix: 16, uppercase: true))}gpj.exe"
        #expect(SafeText.singleLine(text) == shown)
        #expect(SafeText.lines(text) == [shown])
        // Neither is it taken for a mark of direction in right-to-left text.
        #expect(SafeText.lines("שלום\(control)!") == ["שלום\\u{\(hex(value))}!"])
    }

    @Test("marks of direction are visible in a name and in text that needs none")
    func directionMarks() {
        #expect(SafeText.singleLine("bob\u{200E}") == "bob\\u{200E}")
        #expect(SafeText.singleLine("דנה\u{200F}") == "דנה\\u{200F}")
        #expect(SafeText.lines("a\u{200F}1\u{61C}") == ["a\\u{200F}1\\u{61C}"])
        #expect(SafeText.lines("שלום\u{200F}\u{200F}") == ["שלום\u{200F}\\u{200F}"])
    }

    @Test(
        "what shows nothing can't make two names look the same",
        arguments: [
            0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD, 0x34F, 0x180B, 0x180E, 0x2061, 0x2062,
            0x2063, 0x2064, 0x206A, 0x206F, 0x115F, 0x1160, 0x3164, 0xFFA0, 0x17B4, 0x17B5, 0xFE00,
            0xFE0E, 0xFE0F, 0xE0100, 0xE01EF, 0x1D173, 0x1BCA0, 0x13430, 0xFFF9, 0xFFFA, 0xFFFB,
            0xFFFC, 0xE0001, 0xE0041, 0xE007F,
        ] as [UInt32])
    func invisible(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        let shown = "al\\u{\(hex(value))}ice"
        #expect(SafeText.singleLine("al\(scalar)ice") == shown)
        #expect(SafeText.lines("al\(scalar)ice") == [shown])
    }

    @Test("a secret spelled in tags, or in an emoji's selectors, is visible")
    func hiddenData() throws {
        let tags = String(
            String.UnicodeScalarView("key".unicodeScalars.map { tag(UInt32($0.value)) }))
        #expect(SafeText.singleLine("ok\(tags)") == "ok\\u{E006B}\\u{E0065}\\u{E0079}")
        // A black flag makes them no better without a region of three to six, and the end of it.
        let flag = "🏴"
        let cancel = String(tag(0x7F))
        for hidden in [tags, cancel, tags + tags + tags + cancel] {
            let shown = SafeText.singleLine(flag + hidden)
            #expect(shown.hasPrefix("🏴\\u{E00"))
            #expect(!shown.unicodeScalars.contains { $0.value > 0xE0000 })
        }
        #expect(
            SafeText.singleLine("😀\u{FE0F}\u{E0101}\u{E0120}") == "😀\u{FE0F}\\u{E0101}\\u{E0120}")
        #expect(SafeText.singleLine("😀\u{E0101}") == "😀\\u{E0101}")
        #expect(SafeText.singleLine("❤\u{FE0F}\u{FE0F}") == "❤\u{FE0F}\\u{FE0F}")
    }

    @Test("joiners hide nowhere but in the scripts and emoji that need them")
    func strayJoiners() {
        #expect(SafeText.singleLine("pay\u{200D}pal") == "pay\\u{200D}pal")
        #expect(SafeText.singleLine("😀\u{200D}") == "😀\\u{200D}")
        #expect(SafeText.singleLine("\u{200D}😀") == "\\u{200D}😀")
        #expect(SafeText.singleLine("😀\u{200C}😀") == "😀\\u{200C}😀")
        #expect(SafeText.singleLine("می\u{200C}\u{200C}خواهم") == "می\u{200C}\\u{200C}خواهم")
        #expect(SafeText.singleLine("5\u{FE0F}") == "5\\u{FE0F}")
        #expect(SafeText.singleLine("1\u{200D}2") == "1\\u{200D}2")
    }

    @Test("marks piled up (zalgo) stay on their character, six of them")
    func zalgo() {
        let marks = String(repeating: "\u{030D}", count: 50)
        let shown = SafeText.singleLine("h\(marks)i")
        let kept = shown.unicodeScalars.prefix { $0 != "\\" }
        #expect(kept.count == 7)
        #expect(shown.unicodeScalars.filter { $0 == "\u{030D}" }.count == 6)
        #expect(shown.hasSuffix("\\u{30D}i"))
        // Enclosing and spacing ones count as well.
        let rings = SafeText.singleLine("a" + String(repeating: "\u{20DD}", count: 9))
        #expect(
            rings == "a" + String(repeating: "\u{20DD}", count: 6) + "\\u{20DD}\\u{20DD}\\u{20DD}")
        let vowels = SafeText.singleLine("क" + String(repeating: "\u{93E}", count: 8))
        #expect(vowels.unicodeScalars.filter { $0 == "\u{93E}" }.count == 6)
    }

    @Test("a mark can't strike out what the program wrote before the text")
    func markAtTheStart() {
        #expect(SafeText.singleLine("\u{0338}bob") == "\\u{338}bob")
        #expect(SafeText.lines("a\n\u{20E0}b") == ["a", "\\u{20E0}b"])
        #expect(SafeText.lines("\u{200F}\u{0338}ב") == ["\u{200F}\\u{338}ב"])
    }

    @Test(
        "private, unassigned and impossible code points are visible",
        arguments: [
            0xE000, 0xF8FF, 0xF0000, 0x10FFFD, 0xFFFE, 0xFFFF, 0xFDD0, 0x1FFFE, 0x10FFFF, 0x378,
            0xE0FFF, 0x2065, 0xFFF0,
        ] as [UInt32])
    func unknown(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        #expect(SafeText.singleLine("a\(scalar)b") == "a\\u{\(hex(value))}b")
        #expect(SafeText.lines("a\(scalar)b") == ["a\\u{\(hex(value))}b"])
    }

    @Test("a name of blanks alone shows that there is something")
    func blankNames() {
        #expect(SafeText.singleLine("\u{3000}\u{2800}") == "\\u{3000}\\u{2800}")
        #expect(SafeText.singleLine(" \u{A0}") == " \\u{A0}")
        #expect(SafeText.singleLine("a\u{A0}b\u{2800}") == "a\u{A0}b\u{2800}")
        #expect(SafeText.lines("\u{2800}\u{2800}⠿") == ["\u{2800}\u{2800}⠿"])
        #expect(SafeText.singleLine("   ") == "   ")
        #expect(SafeText.singleLine("") == "")
    }

    @Test("the escape's own form is ordinary text")
    func escapeForm() {
        #expect(SafeText.singleLine("\\u{202E}") == "\\u{202E}")
        #expect(SafeText.singleLine("C:\\users\\é") == "C:\\users\\é")
    }

    private func hex(_ value: UInt32) -> String { String(value, radix: 16, uppercase: true) }

    private func tag(_ ascii: UInt32) -> Unicode.Scalar {
        Unicode.Scalar(0xE0000 + ascii) ?? "?"
    }
}
