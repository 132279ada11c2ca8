import ChatCore
import ChatTLS
import ChatWire
import NIOCore

extension SessionHandler {
    /// Ends a connection that has not become a session, and says why, once.
    func fail(
        _ reason: Refusal.Reason, certificate: PresentedCertificate? = nil, detail: String? = nil
    ) {
        switch state {
        case .leaving, .closed: return
        case .connecting, .greeting, .listening, .native, .seed, .reading: break
        }
        state = .leaving(.attempt)
        cancelTimers()
        floor.attemptFailed(self, reason: reason, certificate: certificate, detail: detail)
        scheduleTurnEnd()
    }

    /// Ends a session in order: what is queued goes out, then TLS's close_notify, and the peer has
    /// a moment to take it.
    func finish(_ reason: String) {
        guard isLive else { return }
        state = .leaving(.session(reason: reason))
        cancelTimers()
        scheduleTurnEnd()
    }

    /// The node is done with the session.
    func leave(_ bye: Bye) {
        if case .native = state { outgoing.writeFrame(.bye(bye)) }
        finish("closed")
    }

    /// Ends a session without waiting for a peer that is not there.
    func cut(_ reason: String) {
        finish(reason)
        abort()
    }

    /// Closes the socket, with nothing more said or heard.
    func abort() {
        guard let context else { return }
        let pipeline = context.pipeline.syncOperations
        if let bottom = try? pipeline.context(name: Self.bottomName) {
            // From there on down, past the goodbyes of the handler that has this name.
            bottom.close(promise: nil)
        } else {
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let failure = error as? TLSFailure {
            // The TLS handler closes by itself, when its alert has gone out.
            if isLive { finish(reason(for: failure)) } else { handshakeFailed(failure) }
        } else {
            if isLive { finish("the connection was lost") }
            fail(.closed, detail: describe(connectionError: error))
            abort()
        }
    }
}
