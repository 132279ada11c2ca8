/// The lines that were entered, for the arrow keys. In memory only: messages are nobody else's
/// business.
///
/// libedit has a history as well, which its search uses. Its arrow keys lose what follows the first
/// 1,024 characters of a line that was being typed.
struct LineHistory: Sendable {
    private static let limit = 500

    private var entries: [String] = []
    /// Which entry is shown; their number: the line that is being typed.
    private var position = 0
    private var draft = ""

    mutating func add(_ line: String) {
        if entries.last != line { entries.append(line) }
        if entries.count > Self.limit { entries.removeFirst() }
        position = entries.count
        draft = ""
    }

    /// The line before the one shown, which is `current`. Nil at the oldest.
    mutating func older(than current: String) -> String? {
        guard position > 0 else { return nil }
        if position == entries.count { draft = current }
        position -= 1
        return entries[position]
    }

    /// The line after the one shown. Nil at the one that is being typed.
    mutating func newer() -> String? {
        guard position < entries.count else { return nil }
        position += 1
        return position == entries.count ? draft : entries[position]
    }

    /// Back to the line that is being typed, which is another.
    mutating func rewind() {
        position = entries.count
        draft = ""
    }
}
