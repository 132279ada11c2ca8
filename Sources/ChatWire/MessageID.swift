/// A message's id: a UUID, written in lower case (RFC 9562).
public struct MessageID: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An id for what is said now, greater than those of earlier times (RFC 9562, section 5.7:
    /// version 7, with the time to a quarter of a microsecond as in section 6.2, method 3, and 62
    /// random bits). It tells nothing that a message's timestamp does not.
    ///
    /// Ids in the order of time stand side by side in a database's index, where random ones would
    /// have it change a page for each message, somewhere among all those of years.
    ///
    /// - Parameter seconds: Since 1970. Before it, and not a number, count as 1970; what is past
    ///   the range of 48 bits of milliseconds counts as its end.
    public static func made(at seconds: Double) -> MessageID {
        let milliseconds = min(max(0, seconds * 1000), 0xFFFF_FFFF_FFFF)
        let whole = UInt64(milliseconds)
        let parts = UInt64((milliseconds - Double(whole)) * 4096)
        return MessageID(high: whole << 16 | 0x7000 | parts, low: randomHalf())
    }

    /// A random id, where there is no clock at hand (RFC 9562, section 5.4: version 4).
    public static func random() -> MessageID {
        MessageID(
            high: RandomWords.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000, low: randomHalf())
    }

    /// The variant and 62 random bits, which end the ids of either version.
    private static func randomHalf() -> UInt64 {
        RandomWords.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    /// Reads the canonical form, 8-4-4-4-12 hexadecimal digits in either case. Nil for all else.
    public init?(_ text: some StringProtocol) {
        var text = String(text)
        guard let id = text.withUTF8({ MessageID(text: $0) }) else { return nil }
        self = id
    }

    init?(text: UnsafeBufferPointer<UInt8>) {
        guard text.count == Self.textLength, text[8] == UInt8(ascii: "-"),
            text[13] == UInt8(ascii: "-"), text[18] == UInt8(ascii: "-"),
            text[23] == UInt8(ascii: "-")
        else { return nil }
        let raw = UnsafeRawBufferPointer(text)
        func four(_ position: Int) -> UInt64 {
            UInt64(UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
        }
        guard
            let words = HexDigits.read(
                SIMD4(
                    four(0) << 32 | four(4), four(9) << 32 | four(14),
                    four(19) << 32 | four(24), four(28) << 32 | four(32)))
        else { return nil }
        self.init(high: words.x << 32 | words.y, low: words.z << 32 | words.w)
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
        let half: UInt64 = 0xFFFF_FFFF
        let digits = HexDigits.write(SIMD4(high >> 32, high & half, low >> 32, low & half))
        func put(_ word: UInt64, _ first: Int, _ second: Int) {
            let halves = (UInt32(word >> 32), UInt32(truncatingIfNeeded: word))
            text.storeBytes(of: halves.0.bigEndian, toByteOffset: first, as: UInt32.self)
            text.storeBytes(of: halves.1.bigEndian, toByteOffset: second, as: UInt32.self)
        }
        put(digits.x, 0, 4)
        put(digits.y, 9, 14)
        put(digits.z, 19, 24)
        put(digits.w, 28, 32)
        text[8] = UInt8(ascii: "-")
        text[13] = UInt8(ascii: "-")
        text[18] = UInt8(ascii: "-")
        text[23] = UInt8(ascii: "-")
    }
}
