/// Makes text from outside safe to show to a person: in a terminal, a log, a label, a notification.
///
/// Names, messages, file names, certificate fields and error texts come from people who may wish
/// to deceive. Raw, they could drive the terminal, reverse what is read, hide characters, or look
/// like a line that somebody else wrote. Everything that a front end shows goes through here;
/// what programs read (JSON, the database) keeps the exact text.
///
/// A character that may not pass is shown as its code point, as in `\u{202E}`: upper-case
/// hexadecimal, no padding. The form is there to be seen, not to be reversed: a backslash in
/// ordinary text stays as it is, so a text may spell an escape out, and making a text safe twice
/// is the same as once.
///
/// ## What is escaped
///
/// - Controls: C0, DEL, C1 (category Cc), and with ESC and CSI every escape sequence.
/// - Bidirectional overrides, embeddings and isolates, U+202A–202E and U+2066–2069: UAX #9,
///   UTR #36 section 2.5, CVE-2021-42574. The marks LRM, RLM and ALM stay in ``lines(_:)``, one
///   at a time, on a line with right-to-left letters, where keyboards put them and where they
///   reach no further than their neighbours; ``singleLine(_:limit:)`` escapes them, since a name
///   or file name with one looks like another without.
/// - What shows nothing (Default_Ignorable_Code_Point) and what is only a format control
///   (category Cf): zero-width space, word joiner, BOM, soft hyphen, invisible operators, Hangul
///   fillers, tags, interlinear annotation. UTR #36 section 3.6, UTS #39 section 3.1. They stay
///   only where writing needs them; `Joiners and selectors` below says where.
/// - Private use, noncharacters and code points not assigned in this Unicode version (categories
///   Co, Cn): what they look like is the font's guess. U+FFFC, which stands for what is not there.
/// - Line and paragraph separators (``lines(_:)`` splits at them).
/// - Combining marks past the sixth on one character, and one with nothing before it to combine
///   with. UTS #39 section 5.4 proposes four nonspacing ones; six, spacing ones counted as well,
///   leaves Burmese and Tibetan words whole.
///
/// ## Joiners and selectors
///
/// - ZWJ and ZWNJ stay directly after a letter or mark of a script that joins or stacks its
///   letters (Arabic and its neighbours, the scripts of India and South-East Asia: UAX #31
///   section 2.3, RFC 5892 appendix A), and ZWJ between two emoji.
/// - Zero-width space stays after a letter or mark of Thai, Lao, Burmese or Khmer, which write no
///   spaces between words.
/// - U+FE0E and U+FE0F stay directly after an emoji, or inside a keycap; other variation selectors
///   after an ideograph, a mathematical symbol or a letter of a script that has variants;
///   Mongolian ones, and its vowel separator, after a Mongolian letter. Never two in a row, which
///   is how data is hidden in an emoji.
/// - Tags stay in a flag: black flag, a region's two letters, one to four letters or digits of a
///   subdivision, cancel tag (UTS #51, definition ED-14a).
///
/// Look-alike letters of different scripts (UTS #39 section 4) pass: who a person is, is decided
/// by the fingerprint.
public enum SafeText {
    /// The text as one line: for names, file names, certificate fields, error texts. Line breaks
    /// and tabs are escaped, and in a text that shows nothing at all every blank but U+0020.
    ///
    /// - Parameter limit: The most characters to return; longer text is cut and ends in `…`. Cut
    ///   as well is what has more than eight code points for each character of the limit, since a
    ///   single character can be as long as its writer likes. At least 1 is taken.
    public static func singleLine(_ text: String, limit: Int? = nil) -> String {
        let safe: String
        if isPlain(text.utf8) {
            safe = text
        } else {
            safe = SafeLine.escaping(Array(text.unicodeScalars)[...], as: .label)
        }
        return limit.map { cut(safe, to: max(1, $0)) } ?? safe
    }

    /// The text's lines, each safe to show: for messages. Split at LF, CR LF, CR, VT, FF, NEL,
    /// U+2028 and U+2029; never empty, and a break at the end makes a last empty line. A tab
    /// becomes four spaces.
    ///
    /// Show the lines after the first indented, or marked in another way, so that none can pass
    /// for a line of another person's.
    public static func lines(_ text: String) -> [String] {
        if isPlain(text.utf8) { return [text] }
        var lines: [String] = []
        let scalars = Array(text.unicodeScalars)
        var start = scalars.startIndex
        var index = start
        while index < scalars.endIndex {
            if isLineBreak(scalars[index]) {
                lines.append(SafeLine.escaping(scalars[start..<index], as: .prose))
                let isPair =
                    scalars[index] == "\r" && index + 1 < scalars.endIndex
                    && scalars[index + 1] == "\n"
                index += isPair ? 2 : 1
                start = index
            } else {
                index += 1
            }
        }
        lines.append(SafeLine.escaping(scalars[start...], as: .prose))
        return lines
    }

    /// True for printable ASCII, which needs no look at each character's properties.
    private static func isPlain(_ text: String.UTF8View) -> Bool {
        text.allSatisfy { 0x20...0x7E ~= $0 }
    }

    /// UAX #14 classes BK, CR, LF and NL.
    private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// Cuts between whole characters, never inside an escape, and leaves no joiner at the end.
    private static func cut(_ text: String, to limit: Int) -> String {
        let mostScalars = limit.multipliedReportingOverflow(by: 8)
        let scalarLimit = mostScalars.overflow ? Int.max : mostScalars.partialValue
        // A character has at least one byte.
        if text.utf8.count <= min(limit, scalarLimit) { return text }

        var characters = 0
        var scalars = 0
        var end = text.startIndex
        for index in text.indices {
            characters += 1
            scalars += text[index].unicodeScalars.count
            if characters > limit || scalars > scalarLimit {
                var kept = text[..<wholeEscapes(text, before: end)].unicodeScalars
                while let last = kept.last, SafeTextRules.isJoiner(last) {
                    kept.removeLast()
                }
                return String(kept) + "…"
            }
            // One place is left for the ellipsis, should the text go on past the limit.
            if characters < limit, scalars < scalarLimit { end = text.index(after: index) }
        }
        return text
    }

    /// The index, or where it lies inside an escape, that of the escape's beginning.
    private static func wholeEscapes(
        _ text: String, before index: String.Index
    ) -> String.Index {
        let scalars = text.unicodeScalars
        // The longest escape is `\u{10FFFF}`.
        guard let start = scalars[..<index].suffix(9).lastIndex(of: "\\") else { return index }
        let escape = scalars[start...].prefix(10)
        guard escape.starts(with: "\\u{".unicodeScalars), let close = escape.firstIndex(of: "}"),
            close >= index
        else { return index }
        return start
    }
}
