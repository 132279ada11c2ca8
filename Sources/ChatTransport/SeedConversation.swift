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

    private var decoder = SeedDecoder()
    private var queue: [Outgoing] = []
    /// An object of ours is out and not acknowledged.
    private(set) var awaitsAck = false
    /// Objects that we no longer wait for. Acks have no name on them and come in order, so as many
    /// of them belong to these, should they ever come, and to nothing that was written later.
    private var overdueAcks = 0

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

    /// What the peer has said, as the node knows it: a message has an id of our choosing, and an
    /// ack is a receipt for the message whose last object it answers. What is not known is left
    /// out. With the error, if there is one, the conversation is over.
    mutating func takeFrames() -> (frames: [Frame], failure: WireError?) {
        var frames: [Frame] = []
        do throws(WireError) {
            while let frame = try decoder.next() {
                switch frame {
                case .message(let message) where message.isSeedAck:
                    guard let id = acknowledged() else { continue }
                    frames.append(.receipt(Receipt(id: id, state: .delivered)))
                case .message(var message):
                    message.id = .random()
                    frames.append(.message(message))
                case .presence, .presenceList:
                    frames.append(frame)
                default:
                    continue
                }
            }
            return (frames, nil)
        } catch {
            return (frames, error)
        }
    }

    /// The peer has not acknowledged in time: gives up the message, and lets the next one go.
    mutating func giveUp() -> MessageID? {
        guard awaitsAck, !queue.isEmpty else { return nil }
        awaitsAck = false
        overdueAcks += 1
        return queue.removeFirst().id
    }

    /// An ack that nothing waits for is ignored.
    private mutating func acknowledged() -> MessageID? {
        if overdueAcks > 0 {
            overdueAcks -= 1
            return nil
        }
        guard awaitsAck, !queue.isEmpty else { return nil }
        awaitsAck = false
        guard queue[0].parts.isEmpty else { return nil }
        return queue.removeFirst().id
    }
}
