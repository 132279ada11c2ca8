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
        var position = isNegative ? 1 : 0
        guard let value = read(text, from: &position), position == text.count else { return nil }
        return isNegative ? -value : value
    }

    /// The nearest double to the digits that stand there, with or without a point among them, in the
    /// form that JSON has (RFC 8259, section 6), and where they end. Nil where there are none, or
    /// too many.
    static func read(_ text: UnsafeBufferPointer<UInt8>, from position: inout Int) -> Double? {
        let start = position
        var digits = readDigits(text, &position, before: 0)
        let whole = position - start
        guard 1...digitCount ~= whole, whole == 1 || text[start] != UInt8(ascii: "0") else {
            return nil
        }
        guard position < text.count, text[position] == UInt8(ascii: ".") else {
            return Double(digits)
        }
        position += 1
        let point = position
        digits = readDigits(text, &position, before: digits)
        let decimals = position - point
        guard decimals > 0, whole + decimals <= digitCount else { return nil }
        if digits == 0 { return 0 }
        // With a digit before the point it is at most 10^18.
        var scale: UInt64 = 1
        for _ in 0..<decimals { scale &*= 10 }
        return quotient(digits, scale)
    }

    /// Steps over digits: what they come to behind those before them. Of more than ``digitCount``
    /// it is some other number.
    @inline(__always)
    private static func readDigits(
        _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, before: UInt64
    ) -> UInt64 {
        var value = before
        while position < text.count {
            let digit = text[position] &- 0x30
            guard digit < 10 else { break }
            value = value &* 10 &+ UInt64(digit)
            position += 1
        }
        return value
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
            return put(significand >> shift, 0, decimals: 1, to: target)
        }
        // What is near enough with some decimals is so with more. A time of day, in doubles of a
        // quarter of a microsecond, mostly needs seven.
        var decimals = 1
        var power: UInt64 = 10
        if decimalDistance(significand, 1_000_000, one) > 1_000_000 {
            decimals = 7
            power = 10_000_000
        }
        while decimals <= 17 {
            let distance = decimalDistance(significand, power, one)
            if distance <= power {
                // Where it is just in between two doubles, or two texts are equally near, Swift may
                // judge.
                guard distance < power, distance != one else { return nil }
                let product = significand.multipliedFullWidth(by: power)
                var number = product.high << (64 - shift) | product.low >> shift
                if product.low & (one - 1) >= one >> 1 { number += 1 }
                let parts = number.quotientAndRemainder(dividingBy: power)
                return put(parts.quotient, parts.remainder, decimals: decimals, to: target)
            }
            decimals += 1
            power *= 10
        }
        return nil
    }

    /// How far, doubled, the value times the power is from a whole number, in parts of `one`. Not
    /// more than the power, and no other double is nearer to that number: the next is `one` away,
    /// times the power.
    @inline(__always)
    private static func decimalDistance(
        _ significand: UInt64, _ power: UInt64, _ one: UInt64
    ) -> UInt64 {
        let rest = (significand &* power) & (one - 1)
        return min(rest, one - rest) << 1
    }

    /// Writes a number of at most 16 digits, a point and so many decimals.
    private static func put(
        _ whole: UInt64, _ fraction: UInt64, decimals: Int,
        to target: UnsafeMutableRawBufferPointer
    ) -> Int {
        var count = 1
        var limit: UInt64 = 10
        while whole >= limit {
            count += 1
            limit *= 10
        }
        put(whole, count: count, to: target, at: 0)
        target[count] = UInt8(ascii: ".")
        put(fraction, count: decimals, to: target, at: count + 1)
        return count + 1 + decimals
    }

    /// Writes so many digits, two at a time.
    @inline(__always)
    private static func put(
        _ number: UInt64, count: Int, to target: UnsafeMutableRawBufferPointer, at start: Int
    ) {
        var rest = number
        var position = start + count
        while position >= start + 2 {
            position -= 2
            let pair = rest % 100
            rest /= 100
            // The tens in the first byte.
            let digits = pair / 10 | (pair % 10) << 8 | 0x3030
            target.storeBytes(
                of: UInt16(truncatingIfNeeded: digits).littleEndian, toByteOffset: position,
                as: UInt16.self)
        }
        if position > start { target[start] = 0x30 + UInt8(truncatingIfNeeded: rest % 10) }
    }
}
