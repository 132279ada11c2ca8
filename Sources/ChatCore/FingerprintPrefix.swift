import ChatValues

/// The beginning of a fingerprint as a person types it: eight hexadecimal digits or more, in any
/// case, with the separators that a fingerprint may have.
struct FingerprintPrefix {
    private let digits: [UInt8]

    /// Nil for what can't be one.
    init?(_ text: String) {
        var digits: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "-"): continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                digits.append(byte)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digits.append(byte & 0xDF)
            // Most names end here, at their first letter or soon after.
            default: return nil
            }
        }
        guard digits.count >= 8 else { return nil }
        self.digits = digits
    }

    func matches(_ fingerprint: Fingerprint) -> Bool {
        fingerprint.description.utf8.lazy.filter { $0 != UInt8(ascii: ":") }.starts(with: digits)
    }
}
