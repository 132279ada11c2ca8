import ChatValues

/// The beginning of a fingerprint as a person types it: eight hexadecimal digits or more, in any
/// case, with the separators that a fingerprint may have.
struct FingerprintPrefix {
    private let digits: [UInt8]

    /// Nil for what can't be one.
    init?(_ text: String) {
        let digits = text.uppercased().utf8.filter { !": -".utf8.contains($0) }
        guard digits.count >= 8, digits.allSatisfy("0123456789ABCDEF".utf8.contains) else {
            return nil
        }
        self.digits = Array(digits)
    }

    func matches(_ fingerprint: Fingerprint) -> Bool {
        fingerprint.description.utf8.lazy.filter { $0 != UInt8(ascii: ":") }.starts(with: digits)
    }
}
