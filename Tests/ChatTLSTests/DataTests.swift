import ChatTLS
import NIOCore
import NIOEmbedded
import Testing

@Suite struct DataTests {
    @Test(arguments: [1, 16_383, 16_384, 16_385, 65_537, 1 << 20])
    func everyLengthArrivesBothWays(count: Int) throws {
        let pair = try Pair()
        try pair.connect()
        let up = pattern(count)
        let down = ByteBuffer(bytes: up.readableBytesView.reversed())
        let sentUp = pair.client.channel.writeAndFlush(up)
        let sentDown = pair.server.channel.writeAndFlush(down)
        try pair.shuttle()
        #expect(pair.server.recorder.received == up)
        #expect(pair.client.recorder.received == down)
        try sentUp.now()
        try sentDown.now()
    }

    @Test func aLongTextArrivesByteByByte() throws {
        let pair = try Pair()
        try pair.connect()
        let text = pattern(40_000)
        pair.client.channel.writeAndFlush(text, promise: nil)
        try pair.shuttle(chunk: 1)
        #expect(pair.server.recorder.received == text)
    }

    @Test func smallWritesShareRecords() throws {
        let pair = try Pair()
        try pair.connect()
        // 1,000 frames of 100 bytes are 100,000 bytes: seven records of at most 16 KiB.
        var sent: [EventLoopFuture<Void>] = []
        var expected = ByteBuffer()
        for number in 0..<1000 {
            let frame = ByteBuffer(repeating: UInt8(number % 251), count: 100)
            expected.writeImmutableBuffer(frame)
            sent.append(pair.client.channel.write(frame))
        }
        pair.client.channel.flush()
        let stream = try #require(try pair.client.channel.readOutbound(as: ByteBuffer.self))
        #expect(try pair.client.channel.readOutbound(as: ByteBuffer.self) == nil)
        #expect(records(in: stream).map(\.type) == Array(repeating: 23, count: 7))
        try pair.server.receive(stream)
        #expect(pair.server.recorder.received == expected)
        for future in sent { try future.now() }
    }

    @Test func writesOfMixedLengthsStayInOrder() throws {
        let pair = try Pair()
        try pair.connect()
        let lengths = [
            1, 0, 16_384, 5, 40_000, 16_383, 1, 300_000, 0, 2, 70_000, 16_384, 16_384, 9,
        ]
        var source = pattern(lengths.reduce(0, +))
        let whole = source
        var sent: [EventLoopFuture<Void>] = []
        for length in lengths {
            let part = source.readSlice(length: length)
            sent.append(pair.client.channel.write(try #require(part)))
        }
        pair.client.channel.flush()
        let stream = try pair.client.takeOutbound()
        // Two batches, each with one record at most that is not full.
        #expect(records(in: stream).count <= whole.readableBytes / 16_384 + 2)
        try pair.server.receive(stream)
        #expect(pair.server.recorder.received == whole)
        for future in sent { try future.now() }
    }

    @Test func whatIsNotFlushedIsNotSent() throws {
        let pair = try Pair()
        try pair.connect()
        let flushed = pair.client.channel.write(ByteBuffer(string: "one "))
        pair.client.channel.flush()
        let waiting = pair.client.channel.write(ByteBuffer(string: "two"))
        try pair.shuttle()
        #expect(pair.server.recorder.text == "one ")
        try flushed.now()
        #expect(!waiting.isFulfilled)
        pair.client.channel.flush()
        try pair.shuttle()
        #expect(pair.server.recorder.text == "one two")
        try waiting.now()
    }

    @Test func anEmptyWriteIsNoRecordAndIsDoneInItsTurn() throws {
        let pair = try Pair()
        try pair.connect()
        let empty = pair.client.channel.writeAndFlush(ByteBuffer())
        try empty.now()
        #expect(try pair.client.takeOutbound().readableBytes == 0)
    }

    @Test func oneReadOfManyRecordsIsPassedUpTogether() throws {
        let pair = try Pair()
        try pair.connect()
        let recorder = pair.server.recorder
        let (reads, completes) = (recorder.readCount, recorder.readCompleteCount)
        for _ in 0..<50 { pair.client.send("0123456789") }
        try pair.server.receive(pair.client.takeOutbound())
        #expect(recorder.readCount == reads + 1)
        #expect(recorder.readCompleteCount == completes + 1)
        #expect(recorder.received.readableBytes == 500)
    }

    @Test func nothingIsPassedUpForHalfARecord() throws {
        let pair = try Pair()
        try pair.connect()
        let recorder = pair.server.recorder
        let (reads, completes) = (recorder.readCount, recorder.readCompleteCount)
        pair.client.send("0123456789")
        var stream = try pair.client.takeOutbound()
        let half = stream.readSlice(length: 20)
        try pair.server.receive(#require(half))
        #expect(recorder.readCount == reads)
        #expect(recorder.readCompleteCount == completes)
        try pair.server.receive(stream)
        #expect(recorder.text == "0123456789")
        #expect(recorder.readCompleteCount == completes + 1)
    }
}
