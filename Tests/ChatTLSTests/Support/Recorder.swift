import ChatTLS
import NIOCore
import NIOTLS

/// Stands above the TLS handler and remembers what it is told.
final class Recorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private(set) var received = ByteBuffer()
    private(set) var readCount = 0
    private(set) var readCompleteCount = 0
    private(set) var sessions: [TLSSession] = []
    private(set) var errors: [any Error] = []
    private(set) var shutdownCompletedCount = 0
    private(set) var inactiveCount = 0
    /// What came after channelInactive; nothing should.
    private(set) var late: [String] = []
    private(set) var context: ChannelHandlerContext?

    var onSession: (ChannelHandlerContext) -> Void = { _ in }
    var onRead: (ChannelHandlerContext, ByteBuffer) -> Void = { _, _ in }
    var onError: (ChannelHandlerContext) -> Void = { _ in }

    var failures: [TLSFailure] { errors.compactMap { $0 as? TLSFailure } }
    var text: String { String(buffer: received) }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        note("read")
        let bytes = unwrapInboundIn(data)
        readCount += 1
        received.writeImmutableBuffer(bytes)
        onRead(context, bytes)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        readCompleteCount += 1
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        note("\(event)")
        if let session = event as? TLSSession {
            sessions.append(session)
            onSession(context)
        } else if case TLSUserEvent.shutdownCompleted = event {
            shutdownCompletedCount += 1
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        note("\(error)")
        errors.append(error)
        onError(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        note("inactive")
        inactiveCount += 1
    }

    private func note(_ what: String) {
        if inactiveCount > 0 { late.append(what) }
    }
}
