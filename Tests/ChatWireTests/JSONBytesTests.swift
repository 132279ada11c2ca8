import NIOCore
import TestSupport
import Testing

@testable import ChatWire

/// Many bytes looked at together, beside each looked at alone.
@Suite struct JSONBytesTests {
    /// Around a word's and a block's length, and behind a few of each.
    private static let lengths = Array(1...18) + [23, 24, 25, 31, 32, 33, 40, 47, 48, 49]

    @Test(arguments: lengths) func eachByteIsFoundAtEachPlace(length: Int) {
        for place in 0..<length {
            for byte in UInt8.min...UInt8.max {
                var text = [UInt8](repeating: UInt8(ascii: "~"), count: length)
                text[place] = byte
                #expect(endOfPlainText(text) == (isPlain(byte) ? length : place))
                #expect(copy(text) == (mayNeedEscape(byte) ? nil : text))
            }
        }
    }

    /// A byte that is found must not hide those before it, nor make those after it look found.
    @Test(arguments: 700..<704) func theFirstOfSeveralIsFound(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let near: [UInt8] = [0, 1, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7F, 0x80]
        let far: [UInt8] = [0xA2, 0xDC, 0xE1, 0xE2, 0xE3, 0xFF]
        for _ in 0..<4_000 {
            var text = [UInt8](
                repeating: 0x61, count: Int.random(in: 1...70, using: &random))
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                text[Int.random(in: text.indices, using: &random)] =
                    (near + far).randomElement(using: &random) ?? 0
            }
            #expect(endOfPlainText(text) == text.firstIndex { !isPlain($0) } ?? text.count)
            #expect(copy(text) == (text.contains { mayNeedEscape($0) } ? nil : text))
        }
    }

    private func isPlain(_ byte: UInt8) -> Bool {
        0x20..<0x80 ~= byte && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private func mayNeedEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0xE2
    }

    private func endOfPlainText(_ text: [UInt8]) -> Int {
        text.withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes, maximumDepth: 1)
            scanner.skipPlainText()
            return scanner.position
        }
    }

    private func copy(_ text: [UInt8]) -> [UInt8]? {
        var copy = [UInt8](repeating: 0, count: text.count)
        let isCopied = copy.withUnsafeMutableBytes { target in
            text.withUnsafeBytes { JSONWriter.copyPlain($0, to: target) }
        }
        return isCopied ? copy : nil
    }
}
