import ChatCore
import ChatWire
import Logging
import NIOCore

extension SessionHandler {
    /// Queues a frame. What is queued in one turn leaves together: in one write, and in as few TLS
    /// records as hold it.
    func send(_ frame: Frame) {
        switch state {
        case .native:
            outgoing.writeFrame(frame)
            scheduleTurnEnd()
        case .seed:
            sendSeed(frame)
        case .connecting, .greeting, .listening, .reading, .leaving, .closed:
            break
        }
    }

    /// While a batch is read its end is this turn's end.
    func scheduleTurnEnd() {
        guard !isReadingBatch, !turnEndIsDue else { return }
        turnEndIsDue = true
        floor.endTurnLater(self)
    }

    func turnIsOver() {
        turnEndIsDue = false
        endTurn()
    }

    /// Writes what is queued, and closes where that was the last of it.
    func endTurn() {
        if outgoing.readableBytes > 0 {
            let bytes = outgoing
            outgoing = ByteBuffer()
            write(bytes)
        }
        if !objects.isEmpty {
            let taken = objects
            objects = []
            // One by one: the seed takes what one read brings for one whole object.
            for object in taken { write(object) }
        }
        if case .leaving = state { context?.close(promise: nil) }
    }

    private func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        written += bytes.readableBytes
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
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
        guard isLive, let context else { return }
        if isListening {
            // What comes next was said while we did not listen: the clocks start anew.
            keepAlive.heard(at: context.eventLoop.now)
            if ackTimer != nil { startAckTimer() }
        }
        _ = try? context.channel.syncOptions?.setOption(.autoRead, value: isListening)
    }

    var isListening: Bool { nodeReads && peerReads }

    // MARK: The seed dialect

    private func sendSeed(_ frame: Frame) {
        do throws(SeedEncodingError) {
            switch frame {
            case .message(let message):
                guard let id = message.id, case .seed(var conversation) = state else { return }
                state = .reading
                defer { state = .seed(conversation) }
                try conversation.enqueue(message, id: id)
            case .receipt:
                objects.append(
                    try SeedEncoder.ack(sender: floor.userName, timestamp: floor.delegate.now()))
            case .presence(let presence):
                objects.append(try SeedEncoder.presence(presence))
            case .presenceList(let list):
                objects.append(try SeedEncoder.presenceList(list))
            case .hello, .ping, .pong, .typing, .error, .bye, .unknown:
                // The dialect has no word for it.
                return
            }
        } catch {
            return unsayable(frame, error)
        }
        continueSeed()
        scheduleTurnEnd()
    }

    /// Only a name longer than any that a user can have gets here.
    private func unsayable(_ frame: Frame, _ error: SeedEncodingError) {
        floor.log.error("not for the seed dialect", metadata: ["error": "\(error)"])
        guard case .message(let message) = frame, let id = message.id else { return }
        floor.loop.assumeIsolated().execute {
            guard self.isLive else { return }
            self.floor.delegate.notConfirmed(
                id, on: self.id, reason: "your name is too long for the original program")
        }
    }

    /// Writes the next object, if the one before it has been acknowledged.
    func continueSeed() {
        guard case .seed(var conversation) = state else { return }
        state = .reading
        let object = conversation.nextObject()
        state = .seed(conversation)
        guard let object else { return }
        objects.append(object)
        startAckTimer()
        scheduleTurnEnd()
    }

    private func startAckTimer() {
        ackTimer?.cancel()
        let due = floor.loop.now + floor.limits.seedAck
        ackTimer = floor.loop.assumeIsolated().scheduleTask(deadline: due) { self.ackIsLate(due) }
    }

    private func ackIsLate(_ due: NIODeadline) {
        guard case .seed(var conversation) = state else { return }
        // It may have come, and we have not looked: nobody wanted to hear from the peer, or the
        // program was stopped and this timer is late itself.
        guard isListening, floor.loop.now < due + .seconds(1) else { return startAckTimer() }
        ackTimer = nil
        state = .reading
        let id = conversation.giveUp()
        state = .seed(conversation)
        guard let id else { return }
        floor.delegate.notConfirmed(
            id, on: self.id, reason: "the other side did not acknowledge it")
        continueSeed()
    }
}
