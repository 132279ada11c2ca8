/// Eight hexadecimal digits at a time: each a byte of a word, the first in the highest byte.
enum HexDigits {
    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// What the digits, in either case, stand for. Nil where a byte is none.
    @inline(__always)
    static func read(_ digits: UInt64) -> UInt32? {
        // Letters have this bit, digits do not; in a letter's low half A is 1.
        let letters = digits >> 6 & ones
        let values = (digits & (ones &* 0x0F)) &+ letters &* 9
        // Neither grows past a byte. What reads back as the same, the case apart, was one.
        guard values & (ones &* 0xF0) == 0, text(values) == digits | letters << 5 else {
            return nil
        }
        var packed = (values | values >> 4) & 0x00FF_00FF_00FF_00FF
        packed = (packed | packed >> 8) & 0x0000_FFFF_0000_FFFF
        return UInt32(truncatingIfNeeded: packed | packed >> 16)
    }

    /// The digits in lower case.
    @inline(__always)
    static func write(_ value: UInt32) -> UInt64 {
        var values = UInt64(value)
        values = (values | values << 16) & 0x0000_FFFF_0000_FFFF
        values = (values | values << 8) & 0x00FF_00FF_00FF_00FF
        values = (values | values << 4) & 0x0F0F_0F0F_0F0F_0F0F
        return text(values)
    }

    /// Of values that are below 16.
    @inline(__always)
    private static func text(_ values: UInt64) -> UInt64 {
        let letters = (values &+ ones &* 6) >> 4 & ones
        return values &+ ones &* 0x30 &+ letters &* 0x27
    }
}
