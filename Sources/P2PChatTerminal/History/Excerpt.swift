import P2PChat

/// The place in a message where a text was found, as one line that is safe to show.
struct Excerpt: Equatable, Sendable {
    var before: String
    /// Empty where the match can't be shown, since it lies in what is not.
    var match: String
    var after: String

    var text: String { before + match + after }

    /// - Parameter columns: the room that there is; nil for the whole line.
    init(of query: String, in content: String, columns: Int?) {
        let lines = SafeText.lines(content).map(Array.init)
        let wanted = query.map { $0.lowercased() }
        var line = lines.first { !$0.allSatisfy { $0 == " " } } ?? []
        var range = 0..<0
        for candidate in lines {
            guard let found = Self.first(wanted, in: candidate) else { continue }
            (line, range) = (candidate, found)
            break
        }
        var start = 0
        var end = line.count
        if let columns {
            (start, end) = Self.window(line, around: range, columns: max(20, columns))
        }
        let cut = min(max(range.lowerBound, start), end)..<min(max(range.upperBound, start), end)
        before = (start > 0 ? "…" : "") + String(line[start..<cut.lowerBound])
        match = String(line[cut])
        after = String(line[cut.upperBound..<end]) + (end < line.count ? "…" : "")
    }

    private static func first(_ wanted: [String], in line: [Character]) -> Range<Int>? {
        guard !wanted.isEmpty, line.count >= wanted.count else { return nil }
        let folded = line.map { $0.lowercased() }
        for start in 0...(folded.count - wanted.count)
        where folded[start..<(start + wanted.count)].elementsEqual(wanted) {
            return start..<(start + wanted.count)
        }
        return nil
    }

    /// As much of the line as there is room for, with the match in it and a third before that.
    private static func window(
        _ line: [Character], around range: Range<Int>, columns: Int
    ) -> (Int, Int) {
        let widths = line.map { Wrapping.width(String($0)) }
        if widths.reduce(0, +) <= columns { return (0, line.count) }
        // An ellipsis at either end.
        let room = columns - 2
        var (start, end, used) = (range.lowerBound, range.lowerBound, 0)
        while start > 0, used + widths[start - 1] <= room / 3 {
            start -= 1
            used += widths[start]
        }
        while end < line.count, used + widths[end] <= room {
            used += widths[end]
            end += 1
        }
        while start > 0, used + widths[start - 1] <= room {
            start -= 1
            used += widths[start]
        }
        return (start, end)
    }
}
