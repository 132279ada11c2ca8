import TestSupport
import Testing

@testable import ChatWire

/// Decimal text and doubles, beside Swift's own conversions.
@Suite struct DecimalDoubleTests {
    @Test(arguments: 600..<608) func readsWhatSwiftReads(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var taken = 0
        for _ in 0..<3_000 {
            var text = random.digits(upTo: 20)
            if Bool.random(using: &random) { text += "." + random.digits(upTo: 19) }
            if Int.random(in: 0..<4, using: &random) == 0 { text = "-" + text }
            if Int.random(in: 0..<20, using: &random) == 0 { text += "e3" }
            guard let value = read(text) else { continue }
            taken += 1
            #expect(value.bitPattern == Double(text)?.bitPattern, "\(text)")
        }
        #expect(taken > 1_000)
    }

    /// Just in between two doubles, and a little beside.
    @Test(arguments: 620..<624) func roundsToTheNearestAndThenToEven(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1_000 {
            let significand = UInt64.random(in: 1 << 53..<1 << 54, using: &random) | 1
            for text in [
                "\(significand / 2).5", "\(significand / 2).500", "\(significand)",
                "\(significand / 2).501", "\(significand / 2).499",
            ] {
                #expect(read(text)?.bitPattern == Double(text)?.bitPattern, "\(text)")
            }
        }
    }

    @Test(arguments: [
        "", "-", ".", "1.2.3", "1e3", "+1", "1_0", "--1", ".5", "x", " 1", "0x1", "nan",
        "12345678901234567890", "1.2345678901234567890",
    ])
    func leavesTheRestToSwift(text: String) {
        #expect(read(text) == nil)
    }

    /// What stands behind a number is for others to judge.
    @Test(arguments: [
        ("1.5}", 1.5, 3), ("1764000000.251234e3", 1_764_000_000.251234, 17), ("0,", 0, 1),
        ("12-", 12, 2), ("7", 7, 1), ("0.25.5", 0.25, 4),
    ])
    func readsToTheEndOfANumber(text: String, value: Double, length: Int) {
        var position = 2
        let bytes = Array(("x:" + text).utf8)
        #expect(
            bytes.withUnsafeBufferPointer { DecimalDouble.read($0, from: &position) } == value)
        #expect(position == 2 + length)
    }

    @Test(arguments: ["", "-1", ".5", "1.", "1.}", "01", "00.5", "}", "12345678901234567890"])
    func readsNoNumberThatJSONDoesNotHave(text: String) {
        var position = 2
        let bytes = Array(("x:" + text).utf8)
        #expect(bytes.withUnsafeBufferPointer { DecimalDouble.read($0, from: &position) } == nil)
    }

    @Test func zerosKeepTheirSign() {
        for text in ["0", "-0", "0.0", "-0.000", "0.000000000000000001"] {
            #expect(read(text)?.bitPattern == Double(text)?.bitPattern ?? 1, "\(text)")
        }
    }

    @Test(arguments: 640..<648) func writesWhatSwiftWrites(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var taken = 0
        for _ in 0..<3_000 {
            let value = random.ordinary()
            guard let text = write(value) else { continue }
            taken += 1
            #expect(text == value.description)
        }
        #expect(taken > 2_500)
    }

    @Test func writesTheEndsOfItsRange() {
        for value: Double in [
            1, 1.5, (1 as Double).nextUp, 0x1p53.nextDown, 0x1p52, 0x1p52.nextDown, 2, 4.35, 9.95,
            1e15, 1e15 + 0.5, 123_456_789.125, 0x1p31, 0x1p31 - 0.5,
        ] {
            #expect(write(value) == value.description)
        }
        for value: Double in [0, -1, 0.5, 0x1p53, 1e300, .nan, .infinity, -.infinity] {
            #expect(write(value) == nil)
        }
        var few = [UInt8](repeating: 0, count: 8)
        #expect(few.withUnsafeMutableBytes { DecimalDouble.write(1, to: $0) } == nil)
    }

    private func read(_ text: String) -> Double? {
        Array(text.utf8).withUnsafeBufferPointer { DecimalDouble.read($0) }
    }

    private func write(_ value: Double) -> String? {
        var bytes = [UInt8](repeating: 0, count: DecimalDouble.textLength)
        return bytes.withUnsafeMutableBytes { DecimalDouble.write(value, to: $0) }
            .map { String(decoding: bytes[..<$0], as: UTF8.self) }
    }
}

extension SeededGenerator {
    fileprivate mutating func digits(upTo count: Int) -> String {
        String(
            (0..<Int.random(in: 1...count, using: &self)).map { _ in
                Character("\(Int.random(in: 0...9, using: &self))")
            })
    }

    /// Between 1 and 2^53: times, and every magnitude, with few digits and with as many as can be.
    fileprivate mutating func ordinary() -> Double {
        let value: Double =
            Bool.random(using: &self)
            ? .random(in: 1_700_000_000...1_900_000_000, using: &self)
            : Double(
                sign: .plus, exponent: .random(in: 0...52, using: &self),
                significand: .random(in: 1..<2, using: &self))
        guard Bool.random(using: &self) else { return value }
        var power: Double = 1
        for _ in 0..<Int.random(in: 0...7, using: &self) { power *= 10 }
        return (value * power).rounded() / power
    }
}
