public import NIOCore
internal import NIOTLS

extension TLSHandler {
    public func close(
        context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?
    ) {
        // TLS could close one direction alone; nothing here has a use for it.
        guard mode == .all else {
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        switch state {
        case .idle, .handshaking:
            // There is nothing to say before there are keys.
            end(with: ChannelError.ioOnClosedChannel)
            context.close(promise: promise)
        case .active(let connection):
            beginClosing(connection, context, promise)
        case .closing(_, let shutdown, _), .leaving(let shutdown):
            shutdown.join(promise)
        case .closed:
            context.close(promise: promise)
        }
    }

    /// Says close_notify and waits for the peer's.
    private func beginClosing(
        _ connection: TLSConnection, _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>?
    ) {
        guard connection.sendCloseNotify() else {
            end(with: ChannelError.ioOnClosedChannel)
            context.close(promise: promise)
            return
        }
        let shutdown = makeShutdown(context)
        shutdown.join(promise)
        let sent = context.eventLoop.makePromise(of: Void.self)
        state = .closing(connection, shutdown, sent: sent.futureResult)
        failWrites(with: ChannelError.ioOnClosedChannel)
        send(connection, context, promise: sent)
        context.read()
    }

    /// The peer says that nothing follows.
    func receivedCloseNotify(_ connection: TLSConnection, _ context: ChannelHandlerContext) {
        switch state {
        case .active:
            _ = connection.sendCloseNotify()
            let shutdown = makeShutdown(context)
            let sent = context.eventLoop.makePromise(of: Void.self)
            state = .leaving(shutdown)
            failWrites(with: ChannelError.ioOnClosedChannel)
            send(connection, context, promise: sent)
            context.fireUserInboundEventTriggered(TLSUserEvent.shutdownCompleted)
            finish(shutdown, context, after: sent.futureResult)
        case .closing(_, let shutdown, let sent):
            state = .leaving(shutdown)
            finish(shutdown, context, after: sent)
        case .idle, .handshaking, .leaving, .closed:
            break
        }
    }

    /// Tells everybody why the connection can't go on: the peer with what OpenSSL has put on the
    /// wire, those above with an error. Then closes.
    func fail(
        _ failure: TLSFailure, _ connection: TLSConnection?, _ context: ChannelHandlerContext
    ) {
        switch state {
        case .idle, .handshaking, .active:
            break
        case .closing(let connection, let shutdown, _):
            // Nobody above wants to know any more.
            send(connection, context)
            finish(shutdown, context)
            return
        case .leaving, .closed:
            return
        }
        guard let connection, connection.wire.outboundByteCount > 0 else {
            end(with: failure)
            context.fireErrorCaught(failure)
            context.close(promise: nil)
            return
        }
        let shutdown = makeShutdown(context)
        let sent = context.eventLoop.makePromise(of: Void.self)
        state = .leaving(shutdown)
        send(connection, context, promise: sent)
        failWrites(with: failure)
        context.fireErrorCaught(failure)
        sent.futureResult.assumeIsolated().whenComplete { _ in self.linger(shutdown, context) }
    }

    /// Ends our direction and takes in what the peer still sends until it hangs up. Closing with
    /// input unread would make the kernel reset the connection, and the peer could lose the alert
    /// that it has not read yet.
    private func linger(_ shutdown: Shutdown, _ context: ChannelHandlerContext) {
        guard case .leaving(let current) = state, current === shutdown else { return }
        let ended = context.eventLoop.makePromise(of: Void.self)
        ended.futureResult.assumeIsolated().whenFailure { _ in self.finish(shutdown, context) }
        context.close(mode: .output, promise: ended)
        context.read()
    }

    /// The end, when the last bytes have gone out.
    func finish(
        _ shutdown: Shutdown, _ context: ChannelHandlerContext, after sent: EventLoopFuture<Void>
    ) {
        sent.assumeIsolated().whenComplete { _ in self.finish(shutdown, context) }
    }

    /// The end: at once, whatever is still on its way.
    private func finish(_ shutdown: Shutdown, _ context: ChannelHandlerContext) {
        switch state {
        case .closing(_, let current, _), .leaving(let current):
            guard current === shutdown else { return }
        case .idle, .handshaking, .active, .closed:
            return
        }
        state = .closed
        let promises = shutdown.finish()
        let closed = context.eventLoop.makePromise(of: Void.self)
        closed.futureResult.whenComplete { result in
            for promise in promises { promise.completeWith(result) }
        }
        context.close(promise: closed)
    }

    private func makeShutdown(_ context: ChannelHandlerContext) -> Shutdown {
        let shutdown = Shutdown()
        shutdown.timer = context.eventLoop.assumeIsolated().scheduleTask(in: shutdownTimeout) {
            self.finish(shutdown, context)
        }
        return shutdown
    }

    /// The end, with nothing left to say. Who waits for a write is told why.
    func end(with error: any Error) {
        state = .closed
        failWrites(with: error)
    }

    /// To be called after the state has changed, so that a listener's next write fails as well.
    func failWrites(with error: any Error) {
        for promise in writes.takeAll() { promise.fail(error) }
    }
}
