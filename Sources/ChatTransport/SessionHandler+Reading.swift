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
        case .listening(var conversation), .seed(var conversation):
            if case .seed = taken { state = .reading }
            conversation.append(&buffer)
            read(conversation)
        case .connecting, .reading, .leaving, .closed:
            break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReadingBatch = false
        flushOutgoing()
        context.fireChannelReadComplete()
    }

    /// The first line has to be the peer's hello.
    private func greet(_ decoder: consuming FrameDecoder, _ session: TLSSession) {
        var decoder = decoder
        let first: Frame?
        do throws(WireError) {
            first = try decoder.next()
        } catch {
            return refuseHello(error)
        }
        switch first {
        case nil:
            state = .greeting(session, decoder)
        case .hello(let hello) where hello.version == Hello.currentVersion:
            decoder.lineLimit = WireLimits.line
            state = .native(decoder)
            open(dialect: .native, tls: session, hello: hello)
            // What came with the hello.
            guard case .native(let decoder) = state else { return }
            state = .reading
            read(decoder)
        case .hello(let hello):
            refuseHello(WireError(
                code: .unsupportedVersion,
                reason: "This program speaks version \(Hello.currentVersion), not \(hello.version)."))
        case .error(let error):
            fail(.badHello, certificate: session.peer, detail: error.reason)
        case .bye(let bye):
            fail(.closed, certificate: session.peer, detail: bye.reason?.rawValue)
        case .some:
            refuseHello(WireError(
                code: .unexpectedFrame, reason: "The first line has to be a hello."))
        }
    }

    private func refuseHello(_ error: WireError) {
        outgoing.writeFrame(error.frame)
        fail(.badHello, detail: error.reason)
    }

    private func read(_ decoder: consuming FrameDecoder) {
        var decoder = decoder
        var frames: [Frame] = []
        var failure: WireError?
        do throws(WireError) {
            reading: while let frame = try decoder.next() {
                switch frame {
                case .ping: write(.pong)
                case .pong: break
                case .hello:
                    throw WireError(
                        code: .unexpectedFrame, reason: "A second hello has no place here.")
                case .bye, .error:
                    // Nothing that follows a last word counts.
                    frames.append(frame)
                    break reading
                default: frames.append(frame)
                }
            }
        } catch {
            failure = error
        }
        state = .native(decoder)
        if !frames.isEmpty { floor.received(self, frames) }
        if let failure { protest(failure) } else { leaveAfter(frames.last) }
    }

    /// The peer broke a rule: say which, and end the session.
    private func protest(_ failure: WireError) {
        guard isOpen else { return }
        ending = ending ?? "it broke the protocol: \(failure.reason)"
        outgoing.writeFrame(failure.frame)
        finish()
    }

    private func leaveAfter(_ last: Frame?) {
        switch last {
        case .bye?: finish()
        case .error?:
            ending = ending ?? "the other side reported an error"
            finish()
        default: break
        }
    }

    private func read(_ conversation: consuming SeedConversation) {
        var conversation = conversation
        var frames: [Frame] = []
        var failure: WireError?
        do throws(WireError) {
            while let inbound = try conversation.next() {
                switch inbound {
                case .delivered(let id):
                    frames.append(.receipt(Receipt(id: id, state: .delivered)))
                case .frame(.message(var message)):
                    message.id = .random()
                    frames.append(.message(message))
                case .frame(let frame):
                    frames.append(frame)
                }
            }
        } catch {
            failure = error
        }
        let awaitsAck = conversation.awaitsAck
        if !frames.isEmpty, case .listening = state {
            state = .seed(conversation)
            open(dialect: .seed, tls: nil, hello: nil)
        } else if case .listening = state {
            state = .listening(conversation)
        } else {
            state = .seed(conversation)
        }
        if !awaitsAck {
            ackTimer?.cancel()
            ackTimer = nil
        }
        if !frames.isEmpty, isOpen { floor.received(self, frames) }
        continueSeed()
        if let failure {
            // The seed prints whatever it is sent: it is given no error frame to print.
            if isOpen {
                ending = ending ?? "it broke the protocol: \(failure.reason)"
                finish()
            } else {
                fail(.badHello, detail: failure.reason)
            }
        }
    }
}
