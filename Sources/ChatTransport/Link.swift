import ChatCore
import ChatWire
import NIOCore

/// The node's hold on a session. A call only notes what is to be done: the work is done at the end
/// of the turn, so that nothing calls the node back while it is at work itself.
struct Link: SessionLink {
    let handler: NIOLoopBound<SessionHandler>

    func send(_ frame: Frame) { handler.value.send(frame) }
    func close(_ bye: Bye) { handler.value.leave(bye) }
    func setReading(_ reading: Bool) { handler.value.setNodeReading(reading) }
    func probe() { handler.value.probe() }
}
