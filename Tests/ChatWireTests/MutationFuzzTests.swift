import ChatWire
import NIOCore
import TestSupport
import Testing

/// Streams of frames, spoilt at random. What is asked is that nothing crashes, that a stream means
/// the same however it is cut up (which the helpers compare), and that what is accepted can be
/// written and read again.
@Suite struct MutationFuzzTests {
    @Test(arguments: 100..<116) func spoiltLines(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            var stream = ByteBuffer()
            for _ in 0..<3 { stream.writeFrame(random.frame()) }
            var bytes = Array(buffer: stream)
            for _ in 0..<Int.random(in: 1...6, using: &random) { random.mutate(&bytes) }
            for frame in decodeLines(bytes).frames {
                #expect(try ChatWireTests.frame(line(frame)) == frame)
            }
        }
    }

    @Test(arguments: 200..<208) func spoiltObjectsOfTheSeed(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            var bytes: [UInt8] = []
            for _ in 0..<3 {
                let objects = try SeedEncoder.objects(
                    sender: random.text(upTo: 9), content: random.text(upTo: 120),
                    timestamp: random.timestamp())
                for object in objects { bytes += Array(buffer: object) }
            }
            for _ in 0..<Int.random(in: 1...6, using: &random) { random.mutate(&bytes) }
            _ = decodeSeed(bytes)
        }
    }

    @Test(arguments: 300..<304) func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = decodeLines(bytes)
            _ = decodeSeed(bytes)
            _ = decodeSeed(Array("{\"".utf8) + bytes)
        }
    }
}

extension SeededGenerator {
    mutating func mutate(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &self)
        switch Int.random(in: 0..<6, using: &self) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &self)
        case 2: spoil(&bytes)
        case 3: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &self))
        case 4:
            let end = min(bytes.count, place + Int.random(in: 0...20, using: &self))
            bytes.insert(
                contentsOf: bytes[place..<end], at: Int.random(in: 0...place, using: &self))
        default:
            bytes.removeSubrange(place..<min(bytes.count, place + 5))
        }
    }
}
