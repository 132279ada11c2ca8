/// SHA-256 over a DER certificate: what a contact is pinned by, and what
/// `openssl x509 -fingerprint -sha256` prints.
///
/// Shown as 32 upper-case hexadecimal pairs with colons; accepted in any case,
/// with or without colons, spaces or hyphens between the pairs.
public struct Fingerprint: Hashable, Sendable {
    // Four words rather than an array: no allocation, cheap to hash and compare.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The length in bytes.
    public static let byteCount = 32

    /// The fingerprint with these 32 bytes, or nil for any other number of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words = [UInt64](repeating: 0, count: 4)
        for (index, byte) in bytes.enumerated() {
            words[index / 8] = words[index / 8] << 8 | UInt64(byte)
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// Reads a fingerprint as a person or `openssl` writes it: 64 hexadecimal digits, with colons,
    /// hyphens or white space between them or none, and an optional `SHA256:` or
    /// `sha256 Fingerprint=` before them, in any case. Nil for anything else, another digest's
    /// name included.
    public init?(_ text: some StringProtocol) {
        var digits = Substring(text)
        for prefix in ["sha256 fingerprint=", "sha256:"]
        where digits.prefix(prefix.count).lowercased() == prefix {
            digits = digits.dropFirst(prefix.count)
            break
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        var high: UInt8?
        for character in digits.unicodeScalars {
            switch character {
            case ":", "-", " ", "\t", "\n", "\r":
                // A separator stands between pairs, never inside one.
                guard high == nil else { return nil }
            default:
                guard let nibble = Self.nibble(character), bytes.count < Self.byteCount else {
                    return nil
                }
                if let first = high {
                    bytes.append(first << 4 | nibble)
                    high = nil
                } else {
                    high = nibble
                }
            }
        }
        guard high == nil else { return nil }
        self.init(bytes: bytes)
    }

    private static func nibble(_ digit: Unicode.Scalar) -> UInt8? {
        switch digit {
        case "0"..."9": UInt8(digit.value - 0x30)
        case "a"..."f": UInt8(digit.value - 0x61 + 10)
        case "A"..."F": UInt8(digit.value - 0x41 + 10)
        default: nil
        }
    }

    /// The 32 bytes, in order.
    public var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
        }
    }

    public static func == (left: Fingerprint, right: Fingerprint) -> Bool {
        left.words == right.words
    }

    /// A part of a digest is as good as the whole, and this is asked for with every message.
    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension Fingerprint: Comparable {
    /// Byte order, the first byte most significant.
    public static func < (left: Fingerprint, right: Fingerprint) -> Bool {
        left.words < right.words
    }
}

extension Fingerprint: CustomStringConvertible {
    /// Upper-case hexadecimal pairs with colons, 95 characters.
    public var description: String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(95)
        for byte in bytes {
            if !text.isEmpty { text.append(UInt8(ascii: ":")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
