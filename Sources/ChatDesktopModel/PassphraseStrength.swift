/// A guess at how long a passphrase would stand against somebody who has the key file. It counts
/// lengths and kinds of characters and knows no dictionary: a hint, no promise.
public enum PassphraseStrength: Int, Sendable, Comparable {
    case none, weak, fair, good

    public init(_ passphrase: String) {
        let characters = Array(passphrase)
        guard !characters.isEmpty else {
            self = .none
            return
        }
        var kinds = 0
        if characters.contains(where: \.isLowercase) { kinds += 26 }
        if characters.contains(where: \.isUppercase) { kinds += 26 }
        if characters.contains(where: \.isNumber) { kinds += 10 }
        if characters.contains(where: { !$0.isLetter && !$0.isNumber }) { kinds += 20 }
        // What repeats, or counts on, adds next to nothing.
        var counted = 0.0
        for (index, character) in characters.enumerated() {
            let previous = index > 0 ? characters[index - 1] : nil
            counted += Self.follows(character, previous) ? 0.2 : 1
        }
        let bits = counted * Self.log2(Double(max(kinds, 10)))
        self = bits < 45 ? .weak : bits < 75 ? .fair : .good
    }

    public var words: String {
        switch self {
        case .none: "No passphrase: whoever can read your files can be you."
        case .weak: "Weak: several words that have nothing to do with each other are better."
        case .fair: "Fair: one word more makes it good."
        case .good: "Good."
        }
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    private static func follows(_ character: Character, _ previous: Character?) -> Bool {
        guard let previous else { return false }
        if character == previous { return true }
        guard let one = previous.asciiValue, let other = character.asciiValue else { return false }
        return abs(Int(one) - Int(other)) == 1
    }

    private static func log2(_ number: Double) -> Double {
        // A kind's size lies between 10 and 82: near enough without a mathematics library.
        var value = number
        var bits = 0.0
        while value >= 2 {
            value /= 2
            bits += 1
        }
        return bits + (value - 1)
    }
}
