/// Bytes of JSON text, eight in a word or sixteen at once: in the results a byte's high bit is set
/// where the byte is one of those looked for.
enum JSONBytes {
    /// As wide as the registers that every processor has.
    typealias Block = SIMD16<UInt8>
    static let blockByteCount = 16
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Where plain text ends in a string that is read: at a control character, the quotation mark,
    /// the backslash (RFC 8259, section 7), or what is not ASCII. Nil for a word without.
    ///
    /// A borrow can mark bytes above one that is marked rightly, and never the lowest.
    @inline(__always)
    static func endOfPlainText(_ word: UInt64) -> Int? {
        let ends = (special(word) | word) & highBits
        return ends == 0 ? nil : ends.trailingZeroBitCount / 8
    }

    @inline(__always)
    static func endOfPlainText(_ block: Block) -> Int? {
        let ends = words(special(block) | block)
        if (ends.x | ends.y) & highBits == 0 { return nil }
        let low = UInt64(littleEndian: ends.x) & highBits
        let high = UInt64(littleEndian: ends.y) & highBits
        return (low != 0 ? low.trailingZeroBitCount : 64 + high.trailingZeroBitCount) / 8
    }

    /// Whether there is a byte that may have to be escaped in a string that is written: the
    /// specials, and 0xE2, with which U+2028 and U+2029 begin.
    @inline(__always)
    static func mayNeedEscape(_ word: UInt64) -> Bool {
        (special(word) | equal(word, 0xE2)) & highBits != 0
    }

    @inline(__always)
    static func mayNeedEscape(_ block: Block) -> Bool {
        let found = words(special(block) | equal(block, 0xE2))
        return (found.x | found.y) & highBits != 0
    }

    // Only the high bits of what these return mean anything.

    @inline(__always)
    private static func special(_ word: UInt64) -> UInt64 {
        equal(word, 0x22) | equal(word, 0x5C) | ((word &- ones &* 0x20) & ~word)
    }

    @inline(__always)
    private static func special(_ block: Block) -> Block {
        equal(block, 0x22) | equal(block, 0x5C) | ((block &- Block(repeating: 0x20)) & ~block)
    }

    @inline(__always)
    private static func equal(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let difference = word ^ (ones &* UInt64(byte))
        return (difference &- ones) & ~difference
    }

    // In arithmetic, because Swift's comparisons of vectors go from byte to byte.
    @inline(__always)
    private static func equal(_ block: Block, _ byte: UInt8) -> Block {
        let difference = block ^ Block(repeating: byte)
        return (difference &- Block(repeating: 1)) & ~difference
    }

    /// The same sixteen bytes.
    @inline(__always)
    private static func words(_ block: Block) -> SIMD2<UInt64> {
        unsafeBitCast(block, to: SIMD2<UInt64>.self)
    }
}
