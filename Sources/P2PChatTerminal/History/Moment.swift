import ArgumentParser
import P2PChat

/// A point in time as a person writes it: a date, a date with a time, or how long ago.
enum Moment: Equatable, Sendable {
    /// So many seconds before now.
    case ago(Double)
    /// Where clocks on the wall here show this.
    case local(LocalTime, seconds: Double)
    /// A whole day here.
    case day(LocalTime)
    /// Seconds since 1970.
    case absolute(Double)

    static let forms =
        "a time is written as 2026-11-22, 2026-11-22 14:30, 2026-11-22T14:30:00+01:00, or 2h, 3d, "
        + "1w for how long ago"

    /// Nil for what is none.
    init?(_ text: String) {
        let text = text.trimmed
        if let span = Span(text) {
            self = .ago(span.seconds)
            return
        }
        var reader = Reader(text)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2),
            reader.skip("-"), let day = reader.number(2), (1...12).contains(month),
            (1...CivilDate.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        var time = LocalTime(
            year: year, month: month, day: day, hour: 0, minute: 0,
            weekday: CivilDate.weekday(year, month, day))
        if reader.isAtEnd {
            self = .day(time)
            return
        }
        guard reader.skip("T") || reader.skip("t") || reader.skip(" ") else { return nil }
        guard let hour = reader.number(2), reader.skip(":"), let minute = reader.number(2),
            (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        (time.hour, time.minute) = (hour, minute)
        var seconds = 0.0
        if reader.skip(":") {
            guard let whole = reader.number(2), (0...59).contains(whole) else { return nil }
            seconds = Double(whole)
            if reader.skip(".") {
                guard let fraction = reader.fraction() else { return nil }
                seconds += fraction
            }
        }
        guard !reader.isAtEnd else {
            self = .local(time, seconds: seconds)
            return
        }
        guard let offset = reader.zone(), reader.isAtEnd else { return nil }
        self = .absolute(CivilDate.seconds(time) + seconds - offset)
    }

    /// Seconds since 1970 of where it begins.
    func start(_ surroundings: Surroundings) -> Double {
        switch self {
        case .ago(let seconds): surroundings.now() - seconds
        case .absolute(let seconds): seconds
        case .local(let time, let seconds):
            CivilDate.seconds(time, at: surroundings.localTime) + seconds
        case .day(let time): CivilDate.seconds(time, at: surroundings.localTime)
        }
    }

    /// Where it ends: a day at the next one's beginning, anything else where it begins.
    func end(_ surroundings: Surroundings) -> Double {
        guard case .day(let time) = self else { return start(surroundings) }
        let next = CivilDate.date(CivilDate.number(time.year, time.month, time.day) + 1)
        return CivilDate.seconds(next, at: surroundings.localTime)
    }

    /// Reads a text from left to right.
    private struct Reader {
        private var rest: Substring
        init(_ text: String) { rest = Substring(text) }
        var isAtEnd: Bool { rest.isEmpty }

        mutating func skip(_ character: Character) -> Bool {
            guard rest.first == character else { return false }
            rest.removeFirst()
            return true
        }

        /// Exactly so many digits.
        mutating func number(_ count: Int) -> Int? {
            let digits = rest.prefix(count)
            guard digits.utf8.count == count, digits.allSatisfy({ $0.isASCII && $0.isNumber })
            else { return nil }
            rest = rest.dropFirst(count)
            return Int(digits)
        }

        mutating func fraction() -> Double? {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard (1...9).contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            return Double("0." + digits)
        }

        /// `Z`, `+01:00`, `+0100` or `+01`, in seconds.
        mutating func zone() -> Double? {
            _ = skip(" ")
            if skip("Z") || skip("z") { return 0 }
            let sign: Double
            if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
            guard let hours = number(2), hours <= 18 else { return nil }
            guard !isAtEnd else { return sign * Double(hours) * 3_600 }
            _ = skip(":")
            guard let minutes = number(2), minutes <= 59 else { return nil }
            return sign * Double(hours * 3_600 + minutes * 60)
        }
    }
}

extension Moment: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

extension String {
    /// Without blanks at either end.
    var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
