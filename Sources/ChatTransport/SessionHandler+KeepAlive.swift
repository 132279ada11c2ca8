import ChatWire
import NIOCore

extension SessionHandler {
    func startKeepAlive() {
        setTimer(keepAlive.begin(at: floor.loop.now, floor.limits)) { $0.keepAliveIsDue() }
    }

    private func keepAliveIsDue() {
        guard isLive, let context else { return }
        var reading = KeepAlive.Reading()
        reading.written = written
        reading.buffered =
            (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        reading.isListening = isListening
        if case .seed = state { reading.canPing = false }
        switch keepAlive.step(at: context.eventLoop.now, reading, floor.limits) {
        case .wait(let next):
            setTimer(next) { $0.keepAliveIsDue() }
        case .ping(let next):
            setTimer(next) { $0.keepAliveIsDue() }
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
        setTimer(until) { $0.keepAliveIsDue() }
        outgoing.writeFrame(.ping)
        scheduleTurnEnd()
    }
}
