import NIOCore

/// Stands at the bottom of a plain-text connection and ends it so that our last bytes arrive.
///
/// Closing a socket with input unread makes the kernel reset the connection, and the peer may lose
/// what it has not read yet. So our direction is closed first, and what the peer still sends is
/// dropped until it hangs up, for a bounded time and amount. In TLS the TLSHandler does the same.
final class LingeringClose: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case open
        case lingering(Scheduled<Void>, dropped: Int)
        case closed
    }

    static let byteLimit = 1 << 20

    private let time: TimeAmount
    private var state = State.open

    init(time: TimeAmount = .seconds(1)) {
        self.time = time
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard case .open = state, mode == .all, context.channel.isActive else {
            if mode == .all, case .lingering = state {
                // The end is on its way already.
                context.channel.closeFuture.cascade(to: promise)
            } else {
                context.close(mode: mode, promise: promise)
            }
            return
        }
        context.channel.closeFuture.cascade(to: promise)
        let timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
            self.end(context)
        }
        state = .lingering(timer, dropped: 0)
        let ended = context.eventLoop.makePromise(of: Void.self)
        ended.futureResult.assumeIsolated().whenFailure { _ in self.end(context) }
        context.close(mode: .output, promise: ended)
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .open:
            context.fireChannelRead(data)
        case .lingering(let timer, let before):
            let dropped = before + unwrapInboundIn(data).readableBytes
            state = .lingering(timer, dropped: dropped)
            if dropped > Self.byteLimit { end(context) }
        case .closed:
            break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .lingering = state {
            context.read()
        } else {
            context.fireChannelReadComplete()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { finish() }

    private func end(_ context: ChannelHandlerContext) {
        finish()
        context.close(promise: nil)
    }

    private func finish() {
        if case .lingering(let timer, _) = state { timer.cancel() }
        state = .closed
    }
}
