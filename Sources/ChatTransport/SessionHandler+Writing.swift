import ChatCore
import ChatWire
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
            do throws(WireError) {
                try conversation.enqueue(message, id: id)
                state = .seed(conversation)
                if !isReadingBatch { continueSeed() }
            } catch {
                state = .seed(conversation)
                floor.notConfirmed(self, id, reason: error.reason)
            }
        case .receipt:
            writeObject(SeedEncoder.ack(from: floor.userName, timestamp: floor.now()))
        case .presence(let presence):
            writeObject(SeedEncoder.presence(presence))
        case .presenceList(let list):
            writeObject(SeedEncoder.presenceList(list))
        default:
            // The dialect has no word for it.
            break
        }
    }

    /// Each object by itself: the seed takes what one read brings for one whole object.
    private func writeObject(_ object: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(object), promise: nil)
    }

    /// Writes the next object, if the one before it has been acknowledged.
    func continueSeed() {
        guard case .seed(var conversation) = state, let context else { return }
        guard let object = conversation.nextObject() else { return }
        state = .seed(conversation)
        writeObject(object)
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
