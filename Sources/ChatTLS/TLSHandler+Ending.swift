public import NIOCore

/// What the channel has to say about its end.
extension TLSHandler {
    public func channelInactive(context: ChannelHandlerContext) {
        let before = state
        state = .closed
        let failure: TLSFailure?
        switch before {
        case .handshaking(let connection):
            failure = connection.peerDoesNotSpeakTLS ? .notTLS : .closedInHandshake
        case .active:
            failure = .truncated
        case .closing(_, let shutdown, _), .leaving(let shutdown):
            failure = nil
            for promise in shutdown.finish() { promise.succeed() }
        case .idle, .closed:
            failure = nil
        }
        failWrites(with: failure ?? ChannelError.ioOnClosedChannel)
        if let failure { context.fireErrorCaught(failure) }
        context.fireChannelInactive()
    }

    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        switch (event, state) {
        case (.inputClosed, .handshaking(let connection)):
            fail(
                connection.peerDoesNotSpeakTLS ? .notTLS : .closedInHandshake, connection, context)
        case (.inputClosed, .active(let connection)):
            // The end of the network's stream without the end of TLS's.
            _ = connection.sendCloseNotify()
            fail(.truncated, connection, context)
        case (.inputClosed, .closing(_, let shutdown, let sent)):
            state = .leaving(shutdown)
            finish(shutdown, context, after: sent)
        case (_, .closing), (_, .leaving), (_, .closed):
            break
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        case .idle, .handshaking, .active:
            context.fireErrorCaught(error)
        case .closing, .leaving, .closed:
            // The end has been told already; how the network takes it is of no interest.
            break
        }
    }

    public func handlerRemoved(context: ChannelHandlerContext) {
        let before = state
        end(with: ChannelError.ioOnClosedChannel)
        switch before {
        case .closing(_, let shutdown, _), .leaving(let shutdown):
            for promise in shutdown.finish() { promise.fail(ChannelError.ioOnClosedChannel) }
        case .idle, .handshaking, .active, .closed:
            break
        }
    }
}
