import ChatIdentity
import ChatTLS
import ChatValues
import NIOCore
import NIOEmbedded
import Testing

@Suite struct ClosingTests {
    @Test func bothSidesSayCloseNotify() throws {
        let pair = try Pair()
        try pair.connect()
        let closed = pair.client.channel.close()
        #expect(pair.client.channel.isActive)
        try pair.shuttle()
        try closed.now()
        for side in [pair.client, pair.server] {
            #expect(!side.channel.isActive)
            #expect(side.recorder.errors.isEmpty)
            #expect(side.recorder.inactiveCount == 1 && side.recorder.late.isEmpty)
        }
        // Only who heard the other first is told that the end was a clean one.
        #expect(pair.server.recorder.shutdownCompletedCount == 1)
        #expect(pair.client.recorder.shutdownCompletedCount == 0)
    }

    @Test func whatWasSentBeforeCloseNotifyIsDelivered() throws {
        let pair = try Pair()
        try pair.connect()
        let text = pattern(100_000)
        pair.client.channel.writeAndFlush(text, promise: nil)
        pair.client.channel.close(promise: nil)
        try pair.shuttle()
        #expect(pair.server.recorder.received == text)
        #expect(pair.server.recorder.errors.isEmpty)
    }

    @Test func aPeerThatNeverAnswersIsLeftInTime() throws {
        let pair = try Pair()
        try pair.connect()
        let closed = pair.client.channel.close()
        let again = pair.client.channel.close()
        let stream = try pair.client.takeOutbound()
        #expect(records(in: stream).count == 1)
        pair.client.channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(pair.client.channel.isActive)
        #expect(!closed.isFulfilled)
        pair.client.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!pair.client.channel.isActive)
        try closed.now()
        try again.now()
        #expect(pair.client.recorder.errors.isEmpty)
    }

    @Test func thereIsNoTimerOnceItIsOver() throws {
        let pair = try Pair()
        try pair.connect()
        pair.client.channel.close(promise: nil)
        try pair.shuttle()
        pair.client.channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(pair.client.recorder.inactiveCount == 1)
        #expect(pair.client.recorder.late.isEmpty)
    }

    @Test func whatComesAfterCloseIsNotPassedUp() throws {
        let pair = try Pair()
        try pair.connect()
        let closed = pair.client.channel.close()
        pair.server.send("too late")
        try pair.client.receive(pair.server.takeOutbound())
        #expect(pair.client.recorder.received.readableBytes == 0)
        try pair.shuttle()
        try closed.now()
        #expect(pair.client.recorder.errors.isEmpty)
    }

    @Test func closingFailsWhatWasNotFlushed() throws {
        let pair = try Pair()
        try pair.connect()
        let lost = pair.client.channel.write(ByteBuffer(string: "lost"))
        pair.client.channel.close(promise: nil)
        let late = pair.client.send("late")
        #expect(throws: ChannelError.self) { try lost.now() }
        #expect(throws: ChannelError.self) { try late.now() }
        try pair.shuttle()
        #expect(pair.server.recorder.text == "")
    }

    @Test func anEndWithoutCloseNotifyIsTruncation() throws {
        let pair = try Pair()
        try pair.connect()
        pair.client.send("whole")
        try pair.shuttle()
        pair.server.hangUp()
        #expect(pair.server.recorder.text == "whole")
        #expect(pair.server.recorder.failures == [.truncated])
        #expect(pair.server.recorder.inactiveCount == 1)
        #expect(pair.server.recorder.late.isEmpty)
    }

    @Test func anEndWhileWaitingForTheAnswerIsNoFailure() throws {
        let pair = try Pair()
        try pair.connect()
        let closed = pair.client.channel.close()
        pair.client.hangUp()
        try closed.now()
        #expect(pair.client.recorder.errors.isEmpty)
        #expect(pair.client.recorder.inactiveCount == 1)
    }

    @Test func halfAnEndIsTruncationAsWell() throws {
        let pair = try Pair()
        try pair.connect()
        let lost = pair.server.channel.write(ByteBuffer(string: "lost"))
        pair.server.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(pair.server.recorder.failures == [.truncated])
        #expect(!pair.server.channel.isActive)
        #expect(throws: TLSFailure.truncated) { try lost.now() }
        // The peer may still be reading: it is told that nothing follows.
        try pair.client.receive(pair.server.takeOutbound())
        #expect(pair.client.recorder.shutdownCompletedCount == 1)
    }

    @Test func halfAnEndAfterCloseNotifyIsTheEnd() throws {
        let pair = try Pair()
        try pair.connect()
        let closed = pair.server.channel.close()
        pair.server.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        try closed.now()
        #expect(pair.server.recorder.errors.isEmpty)
        #expect(!pair.server.channel.isActive)
    }

    @Test func closingDuringTheHandshakeEndsAtOnce() throws {
        let pair = try Pair()
        let lost = pair.client.send("lost")
        try pair.client.connect()
        try pair.client.channel.close().now()
        #expect(!pair.client.channel.isActive)
        #expect(pair.client.recorder.errors.isEmpty)
        #expect(throws: ChannelError.self) { try lost.now() }
    }

    @Test func closingOneDirectionAloneIsNotOffered() throws {
        let pair = try Pair()
        try pair.connect()
        #expect(throws: ChannelError.self) { try pair.client.channel.close(mode: .output).now() }
        #expect(throws: ChannelError.self) { try pair.client.channel.close(mode: .input).now() }
        pair.client.send("still here")
        try pair.shuttle()
        #expect(pair.server.recorder.text == "still here")
    }

    @Test func aDamagedRecordEndsTheConnectionAndThePeerIsTold() throws {
        let pair = try Pair()
        try pair.connect()
        pair.client.send("before")
        try pair.shuttle()
        pair.client.send("damaged")
        var stream = try pair.client.takeOutbound()
        let last = stream.writerIndex - 1
        let byte = try #require(stream.getInteger(at: last, as: UInt8.self))
        stream.setInteger(byte ^ 1, at: last)
        try pair.server.receive(stream)
        #expect(pair.server.recorder.text == "before")
        guard case .protocolViolation = pair.server.recorder.failures.first else {
            Issue.record("\(pair.server.recorder.errors)")
            return
        }
        #expect(!pair.server.channel.isActive)
        try pair.client.receive(pair.server.takeOutbound())
        #expect(pair.client.recorder.failures == [.peerAlert(TLSAlert(code: 20))])
    }

    @Test func aHandlerThatIsTakenOutFailsWhatWaits() throws {
        let pair = try Pair()
        let lost = pair.client.send("lost")
        try pair.client.channel.close().now()
        pair.client.channel.embeddedEventLoop.run()
        #expect(throws: ChannelError.self) { try lost.now() }
    }
}
