import ChatWire
import NIOCore

extension SessionHandler {
    func startKeepAlive() {
        // The deadline is met.
        cancelTimers()
        floor.pings.set(self, at: keepAlive.begin(at: floor.loop.now, floor.limits))
    }

    func keepAliveIsDue() {
        guard isLive, let context else { return }
        var reading = KeepAlive.Reading()
        reading.written = written
        reading.buffered =
            (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        reading.isListening = isListening
        if case .seed = state { reading.canPing = false }
        switch keepAlive.step(at: context.eventLoop.now, reading, floor.limits) {
        case .wait(let next):
            floor.pings.set(self, at: next)
        case .ping(let next):
            floor.pings.set(self, at: next)
            outgoing.writeFrame(.ping)
            endTurn()
        case .lost(let reason):
            cut(reason)
        }
    }

    /// The node doubts that anybody is there.
    func probe() {
        guard case .native = state,
            let until = keepAlive.probe(at: floor.loop.now, floor.limits)
        else { return }
        floor.pings.set(self, at: until)
        outgoing.writeFrame(.ping)
        scheduleTurnEnd()
    }
}
