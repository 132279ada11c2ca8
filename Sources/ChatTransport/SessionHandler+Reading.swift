import ChatCore
import ChatTLS
import ChatWire
import NIOCore

extension SessionHandler {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        isReadingBatch = true
        keepAlive.heard(at: context.eventLoop.now)
        // The decoder is taken out of the state while it works: one owner, no copy of its buffer.
        let taken = state
        switch taken {
        case .greeting(let session, var decoder):
            state = .reading
            decoder.append(&buffer)
            greet(decoder, session)
        case .native(var decoder):
            state = .reading
            decoder.append(&buffer)
            read(decoder)
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
    private func greet(_ decoder: consuming FrameDecoder, _ session: TLSSession) {
        var decoder = decoder
        let first: Frame?
        do throws(WireError) {
            first = try decoder.next()
        } catch {
            return refuseHello(error, session)
        }
        switch first {
        case nil:
            state = .greeting(session, decoder)
        case .hello(let hello):
            open(.native(decoder), tls: session, hello: hello)
            // What came with the hello.
            guard case .native(let decoder) = state else { return }
            state = .reading
            read(decoder)
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

    private func read(_ decoder: consuming FrameDecoder) {
        var decoder = decoder
        var frames: [Frame] = []
        var failure: WireError?
        do throws(WireError) {
            reading: while let frame = try decoder.next() {
                switch frame {
                case .ping:
                    outgoing.writeFrame(.pong)
                case .pong, .unknown:
                    break
                case .hello:
                    throw WireError(
                        code: .unexpectedFrame, reason: "A second hello has no place here.")
                case .bye, .error:
                    // Nothing that follows a last word counts.
                    frames.append(frame)
                    break reading
                case .message, .receipt, .presence, .presenceList, .typing:
                    frames.append(frame)
                }
            }
        } catch {
            failure = error
        }
        state = .native(decoder)
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
