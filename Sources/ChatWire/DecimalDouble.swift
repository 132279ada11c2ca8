/// Doubles and decimal text, where whole numbers of 128 bits are enough to tell what is nearest:
/// no exponent, and no more than 19 digits. A timestamp is such a number. The results are the very
/// ones of Swift's own conversions, which do for all doubles and take many times as long.
enum DecimalDouble {
    /// No text that ``write(_:to:)`` writes is longer.
    static let textLength = 24
    /// The most digits that surely fit into a word.
    private static let digitCount = 19

    /// The nearest double to digits with or without a point and a sign; nil for all else.
    static func read(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        let isNegative = text.first == UInt8(ascii: "-")
        var digits: UInt64 = 0
        var scale: UInt64 = 1
        var count = 0
        var hasPoint = false
        for byte in text[(isNegative ? 1 : 0)...] {
            let digit = byte &- 0x30
            if digit < 10 {
                count += 1
                guard count <= digitCount else { return nil }
                digits = digits &* 10 &+ UInt64(digit)
                // With a digit before the point it is at most 10^18.
                if hasPoint { scale &*= 10 }
            } else {
                guard byte == UInt8(ascii: "."), count > 0, !hasPoint else { return nil }
                hasPoint = true
            }
        }
        guard count > 0 else { return nil }
        let value = scale == 1 || digits == 0 ? Double(digits) : quotient(digits, scale)
        return isNegative ? -value : value
    }

    /// Neither may be 0.
    private static func quotient(_ digits: UInt64, _ scale: UInt64) -> Double {
        let shifts = (digits.leadingZeroBitCount, scale.leadingZeroBitCount)
        // With their highest bits set, and the dividend a half so that the quotient fits: it has 62
        // bits at least.
        let dividend = digits << shifts.0
        var (quotient, rest) = (scale << shifts.1).dividingFullWidth(
            (dividend >> 1, dividend << 63))
        // The lowest bit is far below those that are kept. It says whether anything follows, so
        // that the one rounding, to the nearest and then to even, is right.
        if rest != 0 { quotient |= 1 }
        // A power of two, in the form of IEEE 754, section 3.4.
        let exponent = 1023 + shifts.1 - shifts.0 - 63
        return Double(quotient) * Double(bitPattern: UInt64(exponent) << 52)
    }

    /// Writes the shortest text that reads back as the same double, and of several the nearest, as
    /// Swift's `description`. Returns its length, or nil, with nothing written, for a value for
    /// which this is not the way.
    static func write(_ value: Double, to target: UnsafeMutableRawBufferPointer) -> Int? {
        guard value >= 1, value < 0x1p53, target.count >= textLength else { return nil }
        // The value is `significand` / 2^`shift`.
        let significand = value.significandBitPattern | 1 << 52
        let shift = UInt64(52 - value.exponent)
        let one: UInt64 = 1 << shift
        if significand & (one - 1) == 0 {
            return put(significand >> shift, decimals: 0, to: target)
        }
        var power: UInt64 = 1
        for decimals in 1...17 {
            power *= 10
            let product = significand.multipliedFullWidth(by: power)
            let rest = product.low & (one - 1)
            let distance = min(rest, one - rest)
            // Not nearer to another double: that one is a whole `one` away, times the power. Where
            // it is just in between, or two texts are equally near, Swift may judge.
            guard distance << 1 <= power else { continue }
            guard distance << 1 < power, distance << 1 != one else { return nil }
            let floor = product.high << (64 - shift) | product.low >> shift
            return put(rest < one - rest ? floor : floor + 1, decimals: decimals, to: target)
        }
        return nil
    }

    /// Writes a number of at most 18 digits, so many of them behind the point.
    private static func put(
        _ number: UInt64, decimals: Int, to target: UnsafeMutableRawBufferPointer
    ) -> Int {
        var rest = number
        var position = textLength
        func put(_ byte: UInt8) {
            position -= 1
            target[position] = byte
        }
        if decimals == 0 {
            put(UInt8(ascii: "0"))
            put(UInt8(ascii: "."))
        }
        var left = decimals
        repeat {
            put(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
            left -= 1
            if left == 0 { put(UInt8(ascii: ".")) }
        } while rest > 0 || left >= 0
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: target[position..<textLength]))
        return textLength - position
    }
}
