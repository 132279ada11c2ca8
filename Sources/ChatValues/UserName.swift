/// A name that a user gives to himself or herself: it becomes the common name in the certificate
/// and the name of the folder that the key lies in.
///
/// Letters, marks and digits of any script, and `.`, `_` and `-`; it begins with a letter, a digit
/// or `_`, and has at most 64 bytes of UTF-8, X.520's bound for a common name. No spaces: a name is
/// one word on a command line and in `name@host:port`. Names in other people's certificates are
/// not bound by any of this.
public struct UserName: Hashable, Sendable {
    /// The most bytes of UTF-8.
    public static let maximumByteCount = 64

    public let text: String

    public init(_ text: String) throws(UserNameError) {
        guard let first = text.unicodeScalars.first else { throw .empty }
        guard text.utf8.count <= Self.maximumByteCount else { throw .tooLong }
        guard first != ".", first != "-", !Self.isMark(first) else {
            throw .badStart(first)
        }
        if let wrong = text.unicodeScalars.first(where: { !Self.isAllowed($0) }) {
            throw .badCharacter(wrong)
        }
        self.text = text
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "." || scalar == "_" || scalar == "-" { return true }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber:
            // Hangul fillers and the like are letters that show nothing.
            return !scalar.properties.isDefaultIgnorableCodePoint
        default: return isMark(scalar)
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark: !scalar.properties.isDefaultIgnorableCodePoint
        default: false
        }
    }
}

extension UserName: CustomStringConvertible {
    public var description: String { text }
}

/// What is wrong with a user name. The description is one sentence, safe to show.
public enum UserNameError: Error, Hashable, Sendable, CustomStringConvertible {
    case empty
    case tooLong
    case badStart(Unicode.Scalar)
    case badCharacter(Unicode.Scalar)

    public var description: String {
        switch self {
        case .empty:
            "The user name is empty; give one."
        case .tooLong:
            "The user name is too long; give at most \(UserName.maximumByteCount) bytes."
        case .badStart(let scalar):
            "A user name can't begin with \(Self.shown(scalar)); begin with a letter or a digit."
        case .badCharacter(let scalar):
            "A user name can't contain \(Self.shown(scalar)); use letters, digits, '.', '_' and '-'."
        }
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String {
        if scalar == " " { return "a space" }
        if (0x21...0x7E).contains(scalar.value) { return "'\(scalar)'" }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
