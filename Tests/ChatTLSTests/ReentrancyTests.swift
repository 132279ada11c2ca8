import ChatIdentity
import ChatTLS
import ChatValues
import NIOCore
import NIOEmbedded
import Testing

/// Those who are called back may do anything with the channel.
@Suite struct ReentrancyTests {
    @Test func aReaderMayCloseTheChannel() throws {
        let pair = try Pair()
        try pair.connect()
        pair.server.recorder.onRead = { context, _ in context.close(promise: nil) }
        // More than is passed up at once: the rest must not be.
        pair.client.channel.writeAndFlush(pattern(1 << 20), promise: nil)
        try pair.shuttle()
        #expect(pair.server.recorder.readCount == 1)
        #expect(pair.server.recorder.received.readableBytes < 1 << 20)
        #expect(pair.server.recorder.errors.isEmpty)
        #expect(!pair.server.channel.isActive)
        #expect(pair.client.recorder.shutdownCompletedCount == 1)
    }

    @Test func aReaderMayAnswer() throws {
        let pair = try Pair()
        try pair.connect()
        pair.server.recorder.onRead = { context, bytes in
            context.writeAndFlush(NIOAny(bytes), promise: nil)
        }
        let text = pattern(300_000)
        pair.client.channel.writeAndFlush(text, promise: nil)
        try pair.shuttle()
        #expect(pair.client.recorder.received == text)
    }

    @Test func aReaderMayAnswerAndClose() throws {
        let pair = try Pair()
        try pair.connect()
        pair.server.recorder.onRead = { context, _ in
            context.writeAndFlush(NIOAny(ByteBuffer(string: "last words")), promise: nil)
            context.close(promise: nil)
        }
        pair.client.send("question")
        try pair.shuttle()
        #expect(pair.client.recorder.text == "last words")
        #expect(pair.client.recorder.shutdownCompletedCount == 1)
    }

    @Test(arguments: [TLSSide.client, .server])
    func whoHearsOfTheSessionMayClose(side: TLSSide) throws {
        let pair = try Pair()
        let (closer, other) =
            side == .client ? (pair.client, pair.server) : (pair.server, pair.client)
        closer.recorder.onSession = { context in context.close(promise: nil) }
        other.send("never read")
        try pair.connect()
        #expect(closer.recorder.errors.isEmpty)
        #expect(closer.recorder.received.readableBytes == 0)
        #expect(!closer.channel.isActive)
        #expect(other.recorder.shutdownCompletedCount == 1)
    }

    @Test(arguments: [TLSSide.client, .server], [true, false])
    func whoDecidesMayClose(side: TLSSide, accepts: Bool) throws {
        // EmbeddedChannel is no Sendable, and everything here is on one thread.
        nonisolated(unsafe) var channel: EmbeddedChannel?
        let decide: @Sendable (PresentedCertificate) -> Bool = { _ in
            channel?.close(promise: nil)
            return accepts
        }
        let accept: @Sendable (PresentedCertificate) -> Bool = { _ in true }
        let alice = try Identity.make(userName: UserName("alice"))
        let bob = try Identity.make(userName: UserName("bob"))
        let client = try Endpoint(.client, alice, decide: side == .client ? decide : accept)
        let server = try Endpoint(.server, bob, decide: side == .server ? decide : accept)
        let pair = Pair(client, server)
        let closer = side == .client ? pair.client : pair.server
        channel = closer.channel
        try pair.server.connect()
        try pair.client.connect()
        try pair.shuttle()
        #expect(!closer.channel.isActive)
        #expect(closer.recorder.sessions.isEmpty)
        #expect(closer.recorder.errors.isEmpty)
        #expect(closer.recorder.late.isEmpty)
    }

    @Test func whoDecidesMayWrite() throws {
        nonisolated(unsafe) var channel: EmbeddedChannel?
        let alice = try Identity.make(userName: UserName("alice"))
        let bob = try Identity.make(userName: UserName("bob"))
        let pair = try Pair(
            Endpoint(.client, alice) { _ in
                channel?.writeAndFlush(ByteBuffer(string: "from inside"), promise: nil)
                return true
            },
            Endpoint(.server, bob) { _ in true })
        channel = pair.client.channel
        try pair.connect()
        #expect(pair.server.recorder.text == "from inside")
    }

    @Test func whoHearsOfTheFailureMayClose() throws {
        let pair = try Pair(
            Endpoint(.client, Identity.make(userName: UserName("alice"))) { _ in true },
            Endpoint(.server, Identity.make(userName: UserName("bob"))) { _ in false })
        pair.server.recorder.onError = { context in context.close(promise: nil) }
        try pair.connect()
        #expect(pair.server.recorder.failures.count == 1)
        #expect(pair.server.recorder.inactiveCount == 1)
        // The alert was not lost over it.
        #expect(pair.client.recorder.failures == [.refusedByPeer(TLSAlert(code: 48))])
    }

    @Test func aWritersListenerMayWrite() throws {
        let pair = try Pair()
        try pair.connect()
        let channel = pair.client.channel
        pair.client.send("one ").assumeIsolated().whenSuccess {
            channel.writeAndFlush(ByteBuffer(string: "two"), promise: nil)
        }
        try pair.shuttle()
        #expect(pair.server.recorder.text == "one two")
    }

    @Test func aFailedWritersListenerMayWrite() throws {
        let pair = try Pair()
        try pair.connect()
        let channel = pair.client.channel
        var second: EventLoopFuture<Void>?
        channel.write(ByteBuffer(string: "lost")).assumeIsolated().whenFailure { _ in
            second = channel.writeAndFlush(ByteBuffer(string: "lost too"))
        }
        pair.client.hangUp()
        let lost = try #require(second)
        #expect(throws: ChannelError.self) { try lost.now() }
    }

    /// A channel that stops being writable says so from inside a write, and whoever listens may
    /// flush more. The records must stay in order.
    @Test func writabilitysListenerMayWrite() throws {
        let pair = try Pair()
        let interrupter = Interrupter()
        try pair.client.channel.pipeline.syncOperations.addHandler(interrupter, position: .first)
        try pair.connect()
        interrupter.onWrite = { [channel = pair.client.channel] in
            channel.writeAndFlush(ByteBuffer(string: "tail"), promise: nil)
        }
        // Long enough for several batches.
        let text = pattern(1 << 20)
        pair.client.channel.writeAndFlush(text, promise: nil)
        try pair.shuttle()
        var expected = text
        expected.writeString("tail")
        #expect(pair.server.recorder.received == expected)
        #expect(pair.server.recorder.errors.isEmpty)
    }
}

/// Calls back from inside the first write that comes by after it was told to.
private final class Interrupter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var onWrite: (() -> Void)?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let call = onWrite
        onWrite = nil
        context.write(data, promise: promise)
        call?()
    }
}
