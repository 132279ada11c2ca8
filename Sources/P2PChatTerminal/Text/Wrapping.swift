/// Breaks lines to a terminal's width, where the terminal itself would go on in the first column:
/// there, a message could be written so as to look like the next line, of another person.
enum Wrapping {
    /// Under this many columns nothing is wrapped.
    private static let least = 24

    /// The line in pieces, each to be shown after `indent` columns.
    ///
    /// Breaks at blanks. A word longer than the width is cut, but for one of ASCII alone: a link
    /// stays whole, and without a blank nothing in it passes for a line. A fingerprint is broken
    /// between its pairs.
    ///
    /// - Parameters:
    ///   - first: the columns that the first piece has less than the others.
    static func wrap(_ line: String, first: Int, indent: Int, columns: Int?) -> [String] {
        guard let columns, columns - indent - first >= least else { return [line] }
        var pieces: [String] = []
        var piece = ""
        var used = indent + first
        var start = indent + first
        func end() {
            pieces.append(piece)
            piece = ""
            used = indent
            start = indent
        }
        for word in words(line) {
            let width = self.width(word)
            if used + width <= columns {
                piece += word
                used += width
                continue
            }
            let isBlank = word.allSatisfy { $0 == " " }
            if isBlank, used > start {
                // The break takes the place of the blanks.
                end()
                continue
            }
            if used > start { end() }
            if indent + width > columns, isFingerprint(word) {
                for pair in word.split(separator: ":") {
                    if used + 3 > columns { end() }
                    piece += pair + ":"
                    used += 3
                }
                piece.removeLast()
                continue
            }
            if indent + width <= columns || isLink(word) {
                piece = String(word)
                used = indent + width
                continue
            }
            for character in word {
                let width = self.width(String(character))
                if used + width > columns, used > start { end() }
                piece.append(character)
                used += width
            }
        }
        if !piece.isEmpty || pieces.isEmpty { pieces.append(piece) }
        return pieces
    }

    /// Words and the blanks between them, in turn.
    private static func words(_ line: String) -> [Substring] {
        var words: [Substring] = []
        var start = line.startIndex
        while start < line.endIndex {
            let isBlank = line[start] == " "
            let end = line[start...].firstIndex { ($0 == " ") != isBlank } ?? line.endIndex
            words.append(line[start..<end])
            start = end
        }
        return words
    }

    /// Pairs of hexadecimal digits with colons, and perhaps the sentence's comma or full stop:
    /// broken after a colon it can still be compared.
    private static func isFingerprint(_ word: Substring) -> Bool {
        let bare = word.last.map { ",.;".contains($0) } == true ? word.dropLast() : word
        let pairs = bare.split(separator: ":", omittingEmptySubsequences: false)
        return pairs.count > 1
            && pairs.allSatisfy { $0.utf8.count == 2 && $0.allSatisfy(\.isHexDigit) }
    }

    private static func isLink(_ word: Substring) -> Bool {
        word.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }

    /// In columns.
    static func width(_ text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) { $0 + max(0, ScreenRows.width($1)) }
    }
}
