/// A message's id: a UUID, written in lower case (RFC 9562).
public struct MessageID: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A random id (RFC 9562, section 5.4: version 4).
    public static func random() -> MessageID {
        var generator = SystemRandomNumberGenerator()
        let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return MessageID(high: high, low: low)
    }

    /// Reads the canonical form, 8-4-4-4-12 hexadecimal digits in either case. Nil for all else.
    public init?(_ text: some StringProtocol) {
        var text = String(text)
        guard let id = text.withUTF8({ MessageID(text: $0) }) else { return nil }
        self = id
    }

    init?(text: UnsafeBufferPointer<UInt8>) {
        guard text.count == Self.textLength else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        var count = 0
        for index in 0..<Self.textLength {
            let digit = text[index]
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard digit == UInt8(ascii: "-") else { return nil }
                continue
            }
            let nibble: UInt8
            switch digit {
            case 0x30...0x39: nibble = digit - 0x30
            case 0x41...0x46: nibble = digit - 0x41 + 10
            case 0x61...0x66: nibble = digit - 0x61 + 10
            default: return nil
            }
            if count < 16 {
                words.0 = words.0 << 4 | UInt64(nibble)
            } else {
                words.1 = words.1 << 4 | UInt64(nibble)
            }
            count += 1
        }
        self.init(high: words.0, low: words.1)
    }
}

extension MessageID {
    /// The length in bytes (RFC 9562, section 4).
    public static let byteCount = 16

    /// The id with these 16 bytes, most significant first, or nil for any other number of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for byte in bytes {
            words = (words.0 << 8 | words.1 >> 56, words.1 << 8 | UInt64(byte))
        }
        self.init(high: words.0, low: words.1)
    }

    /// The 16 bytes, most significant first.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            for index in 0..<8 {
                buffer[index] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
                buffer[8 + index] = UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * index))
            }
            count = Self.byteCount
        }
    }
}

extension MessageID: CustomStringConvertible {
    /// The length of the text in bytes.
    static let textLength = 36

    /// 36 characters, lower case.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.textLength) { buffer in
            write(to: UnsafeMutableRawBufferPointer(buffer))
            return Self.textLength
        }
    }

    /// Writes the text into so many bytes.
    func write(to text: UnsafeMutableRawBufferPointer) {
        let digits: StaticString = "0123456789abcdef"
        var (word, next) = (high, low)
        for position in 0..<Self.textLength {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                text[position] = UInt8(ascii: "-")
                // The second half begins behind the third hyphen.
                if position == 18 { swap(&word, &next) }
                continue
            }
            text[position] = digits.utf8Start[Int(word >> 60)]
            word <<= 4
        }
    }
}
