/// Hexadecimal digits, eight to a word and four words at once: each digit a byte, the first in the
/// word's highest byte.
enum HexDigits {
    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// What the digits, in either case, stand for, 32 bits in each word. Nil where a byte is none.
    @inline(__always)
    static func read(_ digits: SIMD4<UInt64>) -> SIMD4<UInt64>? {
        // Letters have this bit, digits do not; in a letter's low half A is 1.
        let letters = (digits &>> repeated(6)) & SIMD4(repeating: ones)
        // Nine more for a letter: no byte grows into the next.
        let values =
            (digits & SIMD4(repeating: ones &* 0x0F)) &+ (letters &<< repeated(3)) &+ letters
        // What reads back as the same, the case apart, was one.
        let wrong =
            (values & SIMD4(repeating: ones &* 0xF0))
            | (text(values) ^ (digits | letters &<< repeated(5)))
        guard wrong.x | wrong.y | wrong.z | wrong.w == 0 else { return nil }
        var packed =
            (values | values &>> repeated(4)) & SIMD4(repeating: 0x00FF_00FF_00FF_00FF)
        packed = (packed | packed &>> repeated(8)) & SIMD4(repeating: 0x0000_FFFF_0000_FFFF)
        return (packed | packed &>> repeated(16)) & SIMD4(repeating: 0xFFFF_FFFF)
    }

    /// The digits in lower case, of 32 bits in each word.
    @inline(__always)
    static func write(_ numbers: SIMD4<UInt64>) -> SIMD4<UInt64> {
        var values = numbers
        values = (values | values &<< repeated(16)) & SIMD4(repeating: 0x0000_FFFF_0000_FFFF)
        values = (values | values &<< repeated(8)) & SIMD4(repeating: 0x00FF_00FF_00FF_00FF)
        values = (values | values &<< repeated(4)) & SIMD4(repeating: 0x0F0F_0F0F_0F0F_0F0F)
        return text(values)
    }

    /// Of values that are below 16.
    @inline(__always)
    private static func text(_ values: SIMD4<UInt64>) -> SIMD4<UInt64> {
        let past = values &+ SIMD4(repeating: ones &* 6)
        let letters = (past &>> repeated(4)) & SIMD4(repeating: ones)
        // For a letter 0x27 more, which is 32 and 8 less 1.
        return values &+ SIMD4(repeating: ones &* 0x30) &+ (letters &<< repeated(5))
            &+ (letters &<< repeated(3)) &- letters
    }

    @inline(__always)
    private static func repeated(_ bits: UInt64) -> SIMD4<UInt64> { SIMD4(repeating: bits) }
}
