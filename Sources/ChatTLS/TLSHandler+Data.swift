internal import NIOCore

extension TLSHandler {
    /// The most plaintext passed up at once.
    private static let deliveryByteCount = 64 * 1024
    /// The most ciphertext that a handshake may take: certificates up to their bound, and room.
    private static let maximumHandshakeByteCount = 64 * 1024

    /// The most bytes of answers that are kept for a peer that does not read them.
    private static let maximumUnreadAnswers = 16 * 1024

    func stepHandshake(_ connection: TLSConnection, _ context: ChannelHandlerContext) {
        let step = connection.handshake()
        // `decide` may have closed the channel.
        guard case .handshaking(connection) = state else { return }
        switch step {
        case .wantsMore where handshakeByteCount > Self.maximumHandshakeByteCount:
            fail(.protocolViolation("handshake too long"), connection, context)
        case .wantsMore:
            send(connection, context)
        case .failed(let failure):
            fail(failure, connection, context)
        case .complete(let session):
            state = .active(connection)
            // Before the last flight goes out: what the listeners write goes with it.
            context.fireUserInboundEventTriggered(session)
            encrypt(connection, context)
            decrypt(connection, context)
        }
    }

    /// Decrypts what has come and passes it up. While closing, it is only looked at for the peer's
    /// close_notify.
    func decrypt(_ connection: TLSConnection, _ context: ChannelHandlerContext) {
        while true {
            var plaintext = connection.wire.allocator.buffer(
                capacity: max(
                    min(connection.wire.inboundByteCount, Self.deliveryByteCount),
                    TLSConnection.leastRoom))
            let step: TLSConnection.ReadStep
            switch state {
            case .active(connection):
                step = connection.read(into: &plaintext, limit: Self.deliveryByteCount)
                if plaintext.readableBytes > 0 {
                    hasDelivered = true
                    context.fireChannelRead(wrapInboundOut(plaintext))
                }
            case .closing(connection, _, _):
                step = connection.read(into: &plaintext, limit: Self.deliveryByteCount)
            default:
                return
            }
            switch step {
            case .full:
                continue
            case .wantsMore:
                answerControlMessages(connection, context)
            case .closeNotify:
                receivedCloseNotify(connection, context)
            case .failed(let failure):
                fail(failure, connection, context)
            }
            return
        }
    }

    /// Sends what OpenSSL has to say by itself, which is its answers to key updates (RFC 8446,
    /// section 4.6.3). It answers the last one with the next data and those before at once, so a
    /// peer that asks and asks and never reads would have us keep them all: it is cut.
    private func answerControlMessages(
        _ connection: TLSConnection, _ context: ChannelHandlerContext
    ) {
        guard case .active(connection) = state else { return }
        let answers = connection.wire.outboundByteCount
        // As nearly always: nothing of OpenSSL's, and nothing that has waited.
        if answers == 0, unreadAnswers == 0, !writes.hasFlushed, !hasUnflushed { return }
        unreadAnswers = context.channel.isWritable ? 0 : unreadAnswers + answers
        if unreadAnswers > Self.maximumUnreadAnswers {
            fail(.protocolViolation("too many key updates"), connection, context)
        } else {
            // A message that had come in part may be whole now, and what waited for it can go.
            encrypt(connection, context)
        }
    }

    /// Encrypts what was flushed and sends it, with whatever else is on the wire.
    func encrypt(_ connection: TLSConnection, _ context: ChannelHandlerContext) {
        while case .active(connection) = state, writes.hasFlushed, connection.canWrite {
            var promises: [EventLoopPromise<Void>] = []
            do throws(TLSFailure) {
                try writes.encryptBatch(with: connection, promises: &promises)
            } catch {
                for promise in promises { promise.fail(error) }
                return fail(error, connection, context)
            }
            // Writing may call back in here. Each batch is with the channel before the next is
            // encrypted, so the records stay in order.
            write(connection, context, promise: Self.combine(promises, on: context.eventLoop))
        }
        if connection.wire.outboundByteCount > 0 { write(connection, context, promise: nil) }
        if hasUnflushed {
            hasUnflushed = false
            context.flush()
        }
    }

    /// Sends what is on the wire, and completes the promise when it has gone.
    func send(
        _ connection: TLSConnection, _ context: ChannelHandlerContext,
        promise: EventLoopPromise<Void>? = nil
    ) {
        write(connection, context, promise: promise)
        hasUnflushed = false
        context.flush()
    }

    private func write(
        _ connection: TLSConnection, _ context: ChannelHandlerContext,
        promise: EventLoopPromise<Void>?
    ) {
        let bytes = connection.wire.takeOutbound()
        guard bytes != nil || promise != nil else { return }
        hasUnflushed = true
        // Empty where only empty writes were made: their promises still wait for those before.
        context.write(wrapOutboundOut(bytes ?? ByteBuffer()), promise: promise)
    }

    private static func combine(
        _ promises: [EventLoopPromise<Void>], on eventLoop: any EventLoop
    ) -> EventLoopPromise<Void>? {
        guard promises.count > 1 else { return promises.first }
        let combined = eventLoop.makePromise(of: Void.self)
        combined.futureResult.whenComplete { result in
            for promise in promises { promise.completeWith(result) }
        }
        return combined
    }
}
