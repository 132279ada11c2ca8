import NIOCore
import Testing

@testable import ChatWire

/// Decoders hold no more than their limit and what one read brings, however long a stream goes on.
@Suite struct BoundedMemoryTests {
    /// Each read ends one piece and begins the next, so that something is always left over.
    let read = ByteBuffer(
        string: "y\"}\n" + String(repeating: "{\"type\":\"ping\"}\n", count: 100) + "{\"x\":\"")

    @Test func lines() throws {
        var lines = LineDecoder(limit: WireLimits.line)
        var begin = ByteBuffer(string: "{\"x\":\"")
        lines.append(&begin)
        for _ in 0..<500 {
            var read = read
            lines.append(&read)
            while try lines.next() != nil {}
            try #require(lines.pending.readableBytes > 0)
            try #require(lines.pending.storageCapacity <= 4 * self.read.readableBytes)
        }
    }

    @Test func objects() throws {
        var objects = ObjectSplitter(limit: WireLimits.seedObjectIn)
        var begin = ByteBuffer(string: "{\"x\":\"")
        objects.append(&begin)
        for _ in 0..<500 {
            var read = read
            objects.append(&read)
            while try objects.next() != nil {}
            try #require(objects.pending.readableBytes > 0)
            try #require(objects.pending.storageCapacity <= 4 * self.read.readableBytes)
        }
    }

    @Test func nothingIsHeldBetweenLines() throws {
        var lines = LineDecoder(limit: WireLimits.line)
        var read = ByteBuffer(string: String(repeating: "x", count: 60_000) + "\n")
        lines.append(&read)
        #expect(lines.pending.storageCapacity >= 60_000)
        while try lines.next() != nil {}
        #expect(lines.pending.storageCapacity == 0)
    }

    @Test func nothingIsHeldAfterAnError() throws {
        var lines = LineDecoder(limit: 10)
        var read = ByteBuffer(string: String(repeating: "x", count: 60_000))
        lines.append(&read)
        #expect(throws: WireError.self) { try lines.next() }
        for _ in 0..<100 {
            var more = ByteBuffer(string: String(repeating: "x", count: 60_000))
            lines.append(&more)
        }
        #expect(lines.pending.storageCapacity == 0)
    }
}
