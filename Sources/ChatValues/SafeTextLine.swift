/// Goes through one line from left to right and decides for each code point, by what has been
/// shown before it and what follows.
///
/// What is shown before decides, rather than what stood before: so the same rules find nothing
/// more to do in their own output.
struct SafeLine {
    enum Purpose {
        /// A name or another short text that stands for something.
        case label
        /// What somebody wrote.
        case prose
    }

    /// UTS #39 section 5.4; see ``SafeText``.
    private static let mostMarks = 6

    private let input: ArraySlice<Unicode.Scalar>
    private let purpose: Purpose
    private var output = String.UnicodeScalarView()
    /// The last code point shown, `}` after an escape; nil where the line begins.
    private var previous: Unicode.Scalar?
    /// Marks on the present character, those escaped included.
    private var marks = 0
    private lazy var isRightToLeft = input.contains(where: SafeTextRules.isRightToLeftLetter)

    private init(_ input: ArraySlice<Unicode.Scalar>, _ purpose: Purpose) {
        self.input = input
        self.purpose = purpose
    }

    /// The line as it may be shown. It holds no line break where the purpose is prose.
    static func escaping(_ input: ArraySlice<Unicode.Scalar>, as purpose: Purpose) -> String {
        var line = SafeLine(input, purpose)
        line.run()
        return String(line.output)
    }

    private mutating func run() {
        output.reserveCapacity(input.count)
        // A label of spaces from all over Unicode would stand for nobody.
        let isBlank = purpose == .label && input.allSatisfy(SafeTextRules.isBlank)
        var index = input.startIndex
        while index < input.endIndex {
            let scalar = input[index]
            let next = index + 1 < input.endIndex ? input[index + 1] : nil
            let flag = SafeTextRules.flagLength(input[index...])
            if flag > 0 {
                for part in input[index..<(index + flag)] { show(part) }
                marks = 0
                index += flag
                continue
            }
            index += 1
            if scalar.isASCII, 0x20...0x7E ~= scalar.value {
                show(scalar)
                marks = 0
            } else if scalar == "\t", purpose == .prose {
                for _ in 0..<4 { show(" ") }
                marks = 0
            } else if isBlank {
                escape(scalar)
            } else {
                decide(scalar, next: next)
            }
        }
    }

    private mutating func decide(_ scalar: Unicode.Scalar, next: Unicode.Scalar?) {
        switch SafeTextRules.kind(of: scalar) {
        case .visible:
            show(scalar)
            marks = 0
        case .mark:
            let hasBase = previous.map { !SafeTextRules.isZeroWidthBreak($0) } ?? false
            if hasBase, marks < Self.mostMarks {
                show(scalar)
            } else {
                escape(scalar)
            }
            marks += 1
        case .joiner:
            keep(scalar, if: previous.map { joins($0, scalar, next) } ?? false)
        case .zeroWidthSpace:
            keep(scalar, if: previous.map(SafeTextRules.needsZeroWidthSpace) ?? false)
        case .directionMark:
            let followsHidden =
                previous.map {
                    SafeTextRules.isZeroWidthBreak($0) || SafeTextRules.isJoiner($0)
                } ?? false
            keep(scalar, if: purpose == .prose && !followsHidden && isRightToLeft)
        case .selector:
            keep(
                scalar,
                if: previous.map { SafeTextRules.takes(scalar, after: $0, before: next) } ?? false)
        case .unsafe:
            escape(scalar)
            marks = 0
        }
    }

    private func joins(
        _ before: Unicode.Scalar, _ joiner: Unicode.Scalar, _ next: Unicode.Scalar?
    ) -> Bool {
        if SafeTextRules.needsJoiners(before) { return true }
        // UTS #51 ED-16: emoji, each with a selector or a skin tone, ZWJ, emoji.
        guard joiner == "\u{200D}", let next, SafeTextRules.isEmojiBase(next) else { return false }
        return SafeTextRules.isEmojiBase(before) || before.properties.isEmojiModifier
            || before == "\u{FE0F}"
    }

    private mutating func keep(_ scalar: Unicode.Scalar, if isKept: Bool) {
        if isKept { show(scalar) } else { escape(scalar) }
    }

    private mutating func show(_ scalar: Unicode.Scalar) {
        output.append(scalar)
        previous = scalar
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        output.append(contentsOf: "\\u{\(digits)}".unicodeScalars)
        previous = "}"
    }
}
