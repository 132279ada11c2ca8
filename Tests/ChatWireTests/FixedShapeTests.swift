import NIOCore
import TestSupport
import Testing

@testable import ChatWire

/// The short cut for messages and receipts beside the way that every frame can take.
@Suite struct FixedShapeTests {
    @Test(arguments: 400..<416) func readsWhatTheFullWayReads(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var taken = 0
        var left = 0
        for _ in 0..<1_500 {
            var bytes = Array(line(random.common()).utf8)
            for _ in 0..<Int.random(in: 0...2, using: &random) { random.mutate(&bytes) }
            guard let frame = shortCut(bytes) else {
                left += 1
                continue
            }
            taken += 1
            #expect(full(bytes) == frame, "\(String(decoding: bytes, as: UTF8.self))")
            // Swift's strings are equal in more than their bytes.
            #expect(exactly(full(bytes)) == exactly(frame))
        }
        #expect(taken > 100)
        #expect(left > 100)
    }

    @Test func takesWhatTheWriterWrites() throws {
        let message = Message(
            id: .random(), sender: "alice", content: "grüß dich", timestamp: 1_764_000_000.25)
        let receipt = Receipt(id: .random(), state: .read)
        #expect(shortCut(Array(line(.message(message)).utf8)) == .message(message))
        #expect(shortCut(Array(line(.receipt(receipt)).utf8)) == .receipt(receipt))
    }

    @Test func leavesWhatIsTooLongToTheFullWay() {
        for (sender, content) in [
            (String(repeating: "x", count: WireLimits.name + 1), "x"),
            ("x", String(repeating: "x", count: WireLimits.content + 1)),
        ] {
            let message = Message(
                id: .random(), sender: sender, content: content, timestamp: 1)
            let text = line(.message(message))
            #expect(shortCut(Array(text.utf8)) == nil)
            #expect(refusal(text) != nil)
        }
    }

    @Test(arguments: 500..<508) func writesWhatTheFullWayWrites(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let frame = random.common()
            // Behind something, and into a buffer that has room or has none.
            var (one, other) = (ByteBuffer(string: "x"), ByteBuffer(string: "x"))
            one.writeFrame(frame)
            other.writeInFull(frame)
            #expect(String(buffer: one) == String(buffer: other))
            #expect(one == other)
        }
    }

    private func shortCut(_ bytes: [UInt8]) -> Frame? {
        bytes.withUnsafeBufferPointer { FixedShape.frame($0) }
    }

    private func full(_ bytes: [UInt8]) -> Frame? {
        bytes.withUnsafeBufferPointer { try? Frame(inFull: $0, .current) }
    }

    private func exactly(_ frame: Frame?) -> [[UInt8]]? {
        switch frame {
        case .message(let message):
            [
                Array(message.sender.utf8), Array(message.content.utf8),
                withUnsafeBytes(of: message.timestamp.bitPattern) { Array($0) },
            ]
        case .receipt: []
        default: nil
        }
    }
}

extension SeededGenerator {
    /// A message or a receipt; some of them with what has to be escaped.
    mutating func common() -> Frame {
        if Int.random(in: 0..<3, using: &self) == 0 {
            return .receipt(
                Receipt(id: .random(using: &self), state: maybe { _ in .read } ?? .delivered))
        }
        let content =
            Bool.random(using: &self)
            ? text(upTo: 60) : (0..<9).map { _ in token(upTo: 9) }.joined(separator: " ")
        return .message(
            Message(
                id: .random(using: &self), sender: maybe { $0.text(upTo: 12) } ?? "alice",
                content: content.replacing("\0", with: ""), timestamp: timestamp()))
    }
}

extension MessageID {
    fileprivate static func random(using generator: inout SeededGenerator) -> MessageID {
        let bytes = (0..<MessageID.byteCount).map { _ in
            UInt8.random(in: 0...255, using: &generator)
        }
        return MessageID(bytes: bytes) ?? .random()
    }
}
