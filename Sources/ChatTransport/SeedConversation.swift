import ChatWire
import NIOCore

/// Our half of a conversation in the seed dialect: one object on the wire at a time, and the next
/// only once it is acknowledged, because the seed program takes every read for one whole object.
struct SeedConversation {
    /// A message of ours and what of it is still to be written, the next object last.
    private struct Outgoing {
        let id: MessageID
        var parts: [ByteBuffer]
    }

    enum Inbound {
        case frame(Frame)
        /// The peer has acknowledged the last object of this message.
        case delivered(MessageID)
    }

    private var decoder = SeedDecoder()
    private var queue: [Outgoing] = []
    /// An object of ours is out and not acknowledged.
    private(set) var awaitsAck = false

    /// Takes a message to be sent. The node's window keeps the queue short.
    mutating func enqueue(_ message: Message, id: MessageID) throws(SeedEncodingError) {
        let parts = try SeedEncoder.objects(
            sender: message.sender, content: message.content, timestamp: message.timestamp)
        queue.append(Outgoing(id: id, parts: parts.reversed()))
    }

    /// The next object to write, once the one before it is acknowledged.
    mutating func nextObject() -> ByteBuffer? {
        guard !awaitsAck, !queue.isEmpty, let part = queue[0].parts.popLast() else { return nil }
        awaitsAck = true
        return part
    }

    mutating func append(_ buffer: inout ByteBuffer) {
        decoder.append(&buffer)
    }

    /// What the peer has said next; nil when more has to be read.
    mutating func next() throws(WireError) -> Inbound? {
        while let frame = try decoder.next() {
            guard case .message(let message) = frame, message.isSeedAck else {
                return .frame(frame)
            }
            if let id = acknowledged() { return .delivered(id) }
        }
        return nil
    }

    /// The peer has not acknowledged in time: gives up the message, and lets the next one go.
    mutating func giveUp() -> MessageID? {
        guard awaitsAck, !queue.isEmpty else { return nil }
        awaitsAck = false
        return queue.removeFirst().id
    }

    /// An ack that nothing waits for is ignored.
    private mutating func acknowledged() -> MessageID? {
        guard awaitsAck, !queue.isEmpty else { return nil }
        awaitsAck = false
        guard queue[0].parts.isEmpty else { return nil }
        return queue.removeFirst().id
    }
}
