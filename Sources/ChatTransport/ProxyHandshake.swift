import NIOCore
import NIOSOCKS

/// Stands behind NIO's SOCKS client until the proxy has connected us with the other side, or has not
/// (RFC 1928, sections 3 to 6). Then both leave the pipeline.
///
/// What comes right after the proxy's answer, in the same read, may be the other side's, and may be
/// the proxy's own. It is kept for whoever puts TLS in place, and gets nowhere without that.
final class ProxyHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let client: SOCKSClientHandler
    private let deadline: NIODeadline
    private let done: EventLoopPromise<ByteBuffer>
    private var early = ByteBuffer()
    private var timer: Scheduled<Void>?
    private var isOver = false

    /// Asks the proxy at the other end of the channel for the target. On the channel's event loop.
    static func begin(
        on channel: any Channel, to target: SOCKSAddress, by deadline: NIODeadline
    ) -> EventLoopFuture<DialledConnection> {
        let done = channel.eventLoop.makePromise(of: ByteBuffer.self)
        do {
            let client = SOCKSClientHandler(targetAddress: target)
            try channel.pipeline.syncOperations.addHandlers(
                client, ProxyHandshake(client: client, deadline: deadline, done: done))
        } catch {
            // The channel is gone already.
            done.fail(ProxyFailure.hungUp)
        }
        return done.futureResult.map { DialledConnection(channel: channel, early: $0) }
    }

    private init(
        client: SOCKSClientHandler, deadline: NIODeadline, done: EventLoopPromise<ByteBuffer>
    ) {
        self.client = client
        self.deadline = deadline
        self.done = done
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.fail(.silent)
            channel.close(promise: nil)
        }
        context.read()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(.hungUp)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // The channel reads nothing by itself yet.
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is SOCKSProxyEstablishedEvent, !isOver else { return }
        isOver = true
        timer?.cancel()
        let pipeline = context.pipeline.syncOperations
        // On its way out the client hands on what came early; both are gone when this returns.
        pipeline.removeHandler(client, promise: nil)
        pipeline.removeHandler(self, promise: nil)
        done.succeed(early)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        early.writeBuffer(&buffer)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(ProxyFailure(error))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.hungUp)
        context.fireChannelInactive()
    }

    private func fail(_ failure: ProxyFailure) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        done.fail(failure)
    }
}
