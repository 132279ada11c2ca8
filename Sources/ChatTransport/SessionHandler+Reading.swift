import ChatCore
import ChatTLS
import ChatWire
import NIOCore

extension SessionHandler {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        isReadingBatch = true
        keepAlive.heard(at: context.eventLoop.now)
        switch state {
        case .greeting(let session):
            decoder.append(&buffer)
            greet(session)
        case .native:
            let byteCount = buffer.readableBytes
            decoder.append(&buffer)
            read(byteCount)
        // A conversation is taken out of the state while it works: one owner, no copy of its buffer.
        case .listening(let session, var conversation):
            state = .reading
            conversation.append(&buffer)
            listen(conversation, session)
        case .seed(var conversation):
            state = .reading
            conversation.append(&buffer)
            read(conversation)
        case .connecting, .reading, .leaving, .closed:
            break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReadingBatch = false
        endTurn()
        context.fireChannelReadComplete()
    }

    // MARK: p2pchat/1

    /// The first line has to be the peer's hello.
    private func greet(_ session: TLSSession) {
        let first: Frame?
        do throws(WireError) {
            first = try decoder.next()
        } catch {
            return refuseHello(error, session)
        }
        switch first {
        case nil:
            break
        case .hello(let hello):
            open(.native, tls: session, hello: hello)
            // What came with the hello.
            if case .native = state { read(0) }
        case .error(let error):
            fail(.badHello, certificate: session.peer, detail: error.reason)
        case .bye(let bye):
            fail(.closed, certificate: session.peer, detail: bye.reason?.rawValue)
        case .some:
            refuseHello(
                WireError(code: .unexpectedFrame, reason: "The first line has to be a hello."),
                session)
        }
    }

    private func refuseHello(_ error: WireError, _ session: TLSSession) {
        outgoing.writeFrame(error.frame)
        fail(.badHello, certificate: session.peer, detail: error.reason)
    }

    /// - Parameter byteCount: how many have just come, from which it is guessed how many frames.
    private func read(_ byteCount: Int) {
        var frames: [Frame] = []
        frames.reserveCapacity(1 + byteCount / 128)
        var pings = 0
        var failure: WireError?
        do throws(WireError) {
            try Self.take(&frames, &pings, from: &decoder)
        } catch {
            failure = error
        }
        for _ in 0..<pings { outgoing.writeFrame(.pong) }
        if !frames.isEmpty { floor.delegate.received(frames, on: id) }
        guard case .native = state else { return }
        if let failure {
            outgoing.writeFrame(failure.frame)
            finish("it broke the protocol: \(failure.reason)")
        } else if case .bye? = frames.last {
            finish("said goodbye")
        } else if case .error? = frames.last {
            finish("the other side reported an error")
        }
    }

    /// The frames that are there for the node, up to what is wrong.
    private static func take(
        _ frames: inout [Frame], _ pings: inout Int, from decoder: inout FrameDecoder
    ) throws(WireError) {
        while let frame = try decoder.next() {
            switch frame {
            case .ping:
                pings += 1
            case .pong, .unknown:
                break
            case .hello:
                throw WireError(
                    code: .unexpectedFrame, reason: "A second hello has no place here.")
            case .bye, .error:
                // Nothing that follows a last word counts.
                frames.append(frame)
                return
            case .message, .receipt, .presence, .presenceList, .typing:
                frames.append(frame)
            }
        }
    }

    // MARK: The seed dialect

    /// Whatever comes in TLS shows that our certificate was accepted; in plain text it has to be
    /// something that we know.
    private func listen(_ conversation: consuming SeedConversation, _ session: TLSSession?) {
        var conversation = conversation
        let (frames, failure) = conversation.takeFrames()
        if session != nil || !frames.isEmpty {
            open(.seed(conversation), tls: session)
            hand(frames, failure)
        } else if let failure {
            fail(.badHello, detail: failure.reason)
        } else {
            state = .listening(session, conversation)
        }
    }

    private func read(_ conversation: consuming SeedConversation) {
        var conversation = conversation
        let (frames, failure) = conversation.takeFrames()
        if !conversation.awaitsAck {
            ackTimer?.cancel()
            ackTimer = nil
        }
        state = .seed(conversation)
        hand(frames, failure)
    }

    private func hand(_ frames: [Frame], _ failure: WireError?) {
        guard case .seed = state else { return }
        if !frames.isEmpty { floor.delegate.received(frames, on: id) }
        continueSeed()
        // The seed prints whatever it is sent: it is given no error frame to print.
        if let failure { finish("it broke the protocol: \(failure.reason)") }
    }
}
