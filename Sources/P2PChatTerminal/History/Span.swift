import ArgumentParser

/// A length of time as a person writes it: `90s`, `30m`, `12h`, `3d`, `1w`.
struct Span: Equatable, Sendable {
    /// More than 0.
    let seconds: Double

    private static let units: [(letter: Character, name: String, seconds: Double)] = [
        ("w", "week", 604_800), ("d", "day", 86_400), ("h", "hour", 3_600), ("m", "minute", 60),
        ("s", "second", 1),
    ]

    init(seconds: Double) { self.seconds = seconds }

    /// Nil for what is none. A hundred years are the most.
    init?(_ text: some StringProtocol) {
        guard let letter = text.last?.lowercased().first,
            let unit = Self.units.first(where: { $0.letter == letter })
        else { return nil }
        let digits = text.dropLast()
        guard !digits.isEmpty, digits.utf8.count <= 10,
            digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let count = Double(digits), count > 0, count * unit.seconds <= 3_155_760_000
        else { return nil }
        seconds = count * unit.seconds
    }

    /// As in "3 days", in the largest unit that leaves nothing over.
    var description: String {
        for unit in Self.units where seconds.truncatingRemainder(dividingBy: unit.seconds) == 0 {
            let count = seconds / unit.seconds
            return count == 1 ? "1 \(unit.name)" : "\(count.formatted) \(unit.name)s"
        }
        return "\(seconds) seconds"
    }
}

extension Double {
    /// Without a fraction, in groups of three digits.
    var formatted: String {
        guard isFinite, abs(self) < 1e15 else { return "\(self)" }
        return Int(rounded()).formatted
    }
}

extension Int {
    /// In groups of three digits.
    var formatted: String {
        var groups: [Substring] = []
        var digits = Substring(String(magnitude))
        while digits.count > 3 {
            groups.append(digits.suffix(3))
            digits = digits.dropLast(3)
        }
        return (self < 0 ? "-" : "") + ([digits] + groups.reversed()).joined(separator: ",")
    }

    /// As in "1 message", "2 messages".
    func of(_ noun: String) -> String {
        if self == 1 { return "1 \(noun)" }
        return "\(formatted) \(noun)" + (noun.hasSuffix("ch") ? "es" : "s")
    }
}
