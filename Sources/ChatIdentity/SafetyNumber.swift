public import ChatValues

/// What two people read to each other to be sure that no one sits between them: 60 digits in 12
/// groups of 5, the same on both sides.
///
/// SHA-256 over 64 bytes, the two fingerprints, the lower one first (in byte order); the hash read
/// as a big-endian number; the last 60 of its decimal digits. In Python:
///
///     digest = hashlib.sha256(b"".join(sorted([alice, bob]))).digest()
///     digits = f"{int.from_bytes(digest, 'big') % 10**60:060d}"
///
/// 60 digits are 199 bits: finding a certificate that gives a wanted number is out of reach.
public struct SafetyNumber: Hashable, Sendable, CustomStringConvertible {
    /// 12 groups of 5 digits.
    public let groups: [String]

    public init(_ one: Fingerprint, _ other: Fingerprint) throws(IdentityError) {
        let pair = one < other ? one.bytes + other.bytes : other.bytes + one.bytes
        guard let digest = Fingerprint(sha256Over: pair) else {
            throw OpenSSLErrors.failure("hashing two fingerprints")
        }
        var number = digest.bytes
        groups = (0..<12).map { _ in Self.lastDigits(&number) }.reversed()
    }

    /// All groups with a space between them, 71 characters.
    public var description: String { groups.joined(separator: " ") }

    /// Divides the big-endian number by 100,000; the remainder, five digits.
    private static func lastDigits(_ number: inout [UInt8]) -> String {
        var remainder: UInt32 = 0
        for index in number.indices {
            let value = remainder << 8 | UInt32(number[index])
            // The remainder before was below 100,000, so this is below 256.
            number[index] = UInt8(value / 100_000)
            remainder = value % 100_000
        }
        let digits = String(remainder)
        return String(repeating: "0", count: 5 - digits.count) + digits
    }
}
