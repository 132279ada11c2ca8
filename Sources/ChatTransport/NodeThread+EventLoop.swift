public import ChatCore
public import NIOCore

extension NodeThread {
    /// A node on the event loop of its connections.
    public init(_ loop: any EventLoop) {
        self.init(loop.executor) { body in loop.execute(body) }
    }
}
