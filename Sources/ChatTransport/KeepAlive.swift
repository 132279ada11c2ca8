import ChatWire
import NIOCore

/// What tells a silent peer from a dead one. One timer a session, set anew only when it fires, so
/// that a busy session costs a clock reading per read and an idle one a wake-up per ping.
struct KeepAlive {
    private(set) var lastHeard: NIODeadline
    /// When the ping was written that the socket has not yet taken: the peer does not read.
    var unsentSince: NIODeadline?
    var probeUntil: NIODeadline?
    var timer: Scheduled<Void>?

    init(now: NIODeadline) {
        lastHeard = now
    }

    mutating func heard(at now: NIODeadline) {
        lastHeard = now
        probeUntil = nil
    }

    mutating func cancel() {
        timer?.cancel()
        timer = nil
    }
}

extension SessionHandler {
    func scheduleKeepAlive(_ context: ChannelHandlerContext) {
        keepAlive.timer = context.eventLoop.assumeIsolated().scheduleTask(
            in: floor.limits.idle
        ) { self.keepAliveFired() }
    }

    private func keepAliveFired() {
        guard let context, isOpen else { return }
        let now = context.eventLoop.now
        if now - keepAlive.lastHeard >= floor.limits.dead {
            return cut("no sign of life")
        }
        if let since = keepAlive.unsentSince {
            if now - since >= floor.limits.dead { return cut("it stopped reading") }
        } else {
            // A peer that talks but does not read is found by a ping that stays in the buffer.
            let buffered = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
            if buffered > 0 || now - keepAlive.lastHeard >= floor.limits.idle { ping(now) }
        }
        scheduleKeepAlive(context)
    }

    private func ping(_ now: NIODeadline) {
        guard let context else { return }
        keepAlive.unsentSince = now
        outgoing.writeFrame(.ping)
        let bytes = outgoing
        outgoing = ByteBuffer()
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.keepAlive.unsentSince = nil }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: written)
    }

    /// The node doubts that anybody is there.
    func probe() {
        guard let context, isOpen, case .native = state, keepAlive.probeUntil == nil else { return }
        let until = context.eventLoop.now + floor.limits.probe
        keepAlive.probeUntil = until
        write(.ping)
        context.eventLoop.assumeIsolated().scheduleTask(deadline: until) {
            guard self.isOpen, self.keepAlive.probeUntil == until else { return }
            self.cut("no sign of life")
        }
    }

    /// Ends a session without waiting for a peer that is not there.
    func cut(_ reason: String) {
        ending = ending ?? reason
        context?.channel.close(mode: .all, promise: nil)
    }
}
