import ChatCore
import ChatWire
import Logging
import NIOCore

extension SessionHandler {
    /// Queues a frame. What is queued in one turn leaves together: in one write, and in as few TLS
    /// records as hold it.
    func send(_ frame: Frame) {
        switch state {
        case .native: write(frame)
        case .seed: writeSeed(frame)
        case .connecting, .greeting, .listening, .reading, .leaving, .closed: break
        }
    }

    func write(_ frame: Frame) {
        outgoing.writeFrame(frame)
        scheduleFlush()
    }

    private func scheduleFlush() {
        guard !isReadingBatch, !flushIsDue, let context else { return }
        flushIsDue = true
        context.eventLoop.assumeIsolated().execute {
            self.flushIsDue = false
            self.flushOutgoing()
        }
    }

    func flushOutgoing() {
        guard let context, outgoing.readableBytes > 0 else { return }
        let bytes = outgoing
        outgoing = ByteBuffer()
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// The session ends in order: what is queued goes out, then close_notify.
    func finish() {
        if case .closed = state { return }
        state = .leaving
        cancelTimers()
        flushOutgoing()
        context?.close(promise: nil)
    }

    /// The node is done with the session.
    func leave(_ bye: Bye) {
        guard isOpen else { return }
        if case .native = state { outgoing.writeFrame(.bye(bye)) }
        ending = ending ?? "closed"
        finish()
    }

    // MARK: Back-pressure

    func setNodeReading(_ reading: Bool) {
        nodeReads = reading
        applyReading()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // A peer that sends and does not read would fill our memory with receipts.
        peerReads = context.channel.isWritable
        applyReading()
        context.fireChannelWritabilityChanged()
    }

    private func applyReading() {
        guard let context else { return }
        _ = try? context.channel.syncOptions?.setOption(.autoRead, value: nodeReads && peerReads)
    }

    // MARK: The seed dialect

    private func writeSeed(_ frame: Frame) {
        guard case .seed(var conversation) = state else { return }
        switch frame {
        case .message(let message):
            guard let id = message.id else { return }
            state = .reading
            do throws(SeedEncodingError) {
                try conversation.enqueue(message, id: id)
                state = .seed(conversation)
                if !isReadingBatch { continueSeed() }
            } catch {
                state = .seed(conversation)
                floor.notConfirmed(self, id, reason: "your name is too long for the original program")
            }
        case .receipt:
            writeObject { () throws(SeedEncodingError) in
                try SeedEncoder.ack(sender: floor.userName, timestamp: floor.now())
            }
        case .presence(let presence):
            writeObject { () throws(SeedEncodingError) in try SeedEncoder.presence(presence) }
        case .presenceList(let list):
            writeObject { () throws(SeedEncodingError) in try SeedEncoder.presenceList(list) }
        default:
            // The dialect has no word for it.
            break
        }
    }

    /// Each object by itself: the seed takes what one read brings for one whole object.
    private func writeObject(_ object: () throws(SeedEncodingError) -> ByteBuffer) {
        do throws(SeedEncodingError) {
            let object = try object()
            context?.writeAndFlush(wrapOutboundOut(object), promise: nil)
        } catch {
            // Only a name longer than any that a user can have gets here.
            floor.log.error("an object does not fit the seed dialect", metadata: ["error": "\(error)"])
        }
    }

    /// Writes the next object, if the one before it has been acknowledged.
    func continueSeed() {
        guard case .seed(var conversation) = state, let context else { return }
        guard let object = conversation.nextObject() else { return }
        state = .seed(conversation)
        context.writeAndFlush(wrapOutboundOut(object), promise: nil)
        ackTimer?.cancel()
        ackTimer = context.eventLoop.assumeIsolated().scheduleTask(in: floor.limits.seedAck) {
            self.ackIsLate()
        }
    }

    private func ackIsLate() {
        guard case .seed(var conversation) = state, let id = conversation.giveUp() else { return }
        state = .seed(conversation)
        floor.notConfirmed(self, id, reason: "the other side did not acknowledge it")
        continueSeed()
    }
}
