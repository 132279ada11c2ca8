import P2PChat

/// What a person reads: messages and what happens, as lines of text. Whatever came from outside is
/// made safe here.
struct Transcript: Sendable {
    /// The most lines of one message that are shown.
    var lineLimit = 500
    /// The width of `[14:03] `, under which what belongs to a line goes on.
    private static let indent = 8

    let userName: String
    let isSecure: Bool
    let style: Style
    /// The terminal's width; nil where lines are not broken.
    var columns: Int?
    let localTime: @Sendable (Double) -> LocalTime?
    private var today: LocalTime?

    /// - Parameter now: seconds since 1970: the day of which no line needs to tell. Nil where the
    ///   first line is to tell its day.
    init(
        userName: String, isSecure: Bool, style: Style, columns: Int?, now: Double?,
        localTime: @escaping @Sendable (Double) -> LocalTime?
    ) {
        self.userName = SafeText.singleLine(userName, limit: 64)
        self.isSecure = isSecure
        self.style = style
        self.columns = columns
        self.localTime = localTime
        today = now.flatMap(localTime)
    }

    /// A peer's name as it is shown: in plain text a tilde says that it is a mere claim.
    func shown(_ peer: PeerDescription) -> String {
        let name = SafeText.singleLine(peer.name, limit: 64)
        return peer.fingerprint == nil ? "~" + name : name
    }

    /// - Parameter tag: what to end with, which is ours and safe.
    mutating func incoming(_ message: IncomingMessage, tag: String = "") -> String {
        let name = shown(message.peer)
        var nickname = ""
        if message.peer.fingerprint != nil, let claimed = message.claimedSender {
            nickname = " (\"\(SafeText.singleLine(claimed, limit: 40))\")"
        }
        var lines = self.lines(of: message.content)
        if message.timestampIsFarOff {
            let claim = localTime(message.timestamp).map { "\($0.date) \($0.clock)" }
            lines[lines.count - 1] += "  (sent \(claim ?? "at no time"), by their clock)"
        }
        return assemble(
            at: message.receivedAt,
            head: style.name(name, of: message.peer) + style.apply(.quiet, nickname) + ": ",
            width: Wrapping.width(name + nickname) + 2, lines, tail: tag)
    }

    /// A message of our own.
    ///
    /// - Parameters:
    ///   - note: what to say of its state, where that is not simply delivered.
    ///   - tag: what to end with.
    mutating func outgoing(
        _ content: String, to peer: PeerDescription, at time: Double, note: String? = nil,
        tag: String = ""
    ) -> String {
        let name = shown(peer)
        var lines = self.lines(of: content)
        if let note { lines[lines.count - 1] += "  (\(note))" }
        return assemble(
            at: time,
            head: style.apply(.quiet, "\(userName) → ") + style.name(name, of: peer) + ": ",
            width: Wrapping.width("\(userName) → \(name)") + 2, lines, tail: tag)
    }

    /// Something that happened, in lines that are safe already.
    mutating func notice(
        _ lines: [String], at time: Double, _ emphasis: Style.Emphasis = .quiet, tag: String = ""
    ) -> String {
        let mark = "* "
        return assemble(
            at: time, head: style.apply(emphasis, mark), width: mark.count, lines, emphasis,
            tail: tag)
    }

    /// A line across, of ours.
    func rule(_ text: String) -> String { style.apply(.quiet, "-- \(text) --") + "\n" }

    /// The next line tells its day.
    mutating func forgetDay() { today = nil }

    func lines(of content: String) -> [String] {
        var lines = SafeText.lines(content)
        while lines.count > 1, lines.last?.allSatisfy({ $0 == " " }) ?? false { lines.removeLast() }
        guard lines.count > lineLimit else { return lines }
        let more = lines.count - lineLimit
        return lines.prefix(lineLimit) + ["… (\(more) more lines are not shown)"]
    }

    /// - Parameters:
    ///   - width: the columns that the head takes.
    ///   - tail: what ends the last line, and stands back.
    private mutating func assemble(
        at time: Double, head: String, width: Int, _ lines: [String],
        _ emphasis: Style.Emphasis = .plain, tail: String
    ) -> String {
        let moment = localTime(time)
        var text = ""
        if let moment, today.map({ !$0.isSameDay(as: moment) }) ?? true {
            text += rule(moment.longDate)
            today = moment
        }
        text += style.apply(.quiet, "[\(moment?.clock ?? "--:--")]") + " " + head
        var isFirst = true
        for (index, line) in lines.enumerated() {
            let first = isFirst ? width : 0
            let tail = index == lines.count - 1 && !tail.isEmpty ? "  " + tail : ""
            var pieces = Wrapping.wrap(
                line + tail, first: first, indent: Self.indent, columns: columns
            ).map { style.apply(emphasis, $0) }
            if !tail.isEmpty, emphasis == .plain, let last = pieces.last, last.hasSuffix(tail) {
                pieces[pieces.count - 1] = last.dropLast(tail.count) + style.apply(.quiet, tail)
            }
            for piece in pieces {
                if !isFirst { text += String(repeating: " ", count: Self.indent) }
                text += piece + "\n"
                isFirst = false
            }
        }
        return text
    }
}
