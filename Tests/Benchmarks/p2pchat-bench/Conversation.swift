import ChatCore

/// Two programs and one session between them.
enum Conversation {
    /// 120 bytes of text.
    static let text = String(
        repeating: "The quick brown fox jumps over the lazy dog, and goes home. ", count: 2)

    /// Connects to the only contact.
    private static func connect(_ node: Node, port: Int) async throws -> NodeEvents.Iterator {
        try await node.connect(to: PeerAddress(host: "127.0.0.1", port: port), expecting: "user0")
        var events = node.events.makeAsyncIterator()
        while case let event? = await events.next() {
            switch event {
            case .connected: return events
            case .refused(let refusal): throw Complaint(refusal.explanation)
            case .failure(let failure): throw Complaint("\(failure)")
            default: break
            }
        }
        throw Complaint("the node has stopped")
    }

    /// Runs where its caller does, so that an application on the node's loop has no hop.
    private static func awaitDelivery(
        _ events: inout NodeEvents.Iterator, isolation: isolated (any Actor)? = #isolation
    ) async throws {
        while case let event? = await events.next(isolation: isolation) {
            switch event {
            case .delivered: return
            case .disconnected(_, _, let reason): throw Complaint("the session ended: \(reason)")
            case .failure(let failure): throw Complaint("\(failure)")
            default: break
            }
        }
        throw Complaint("the node has stopped")
    }

    /// One message after the other, each when the one before it has been acknowledged.
    @Sendable static func echo(_ node: isolated Node, port: Int, count: Int) async throws {
        var events = try await connect(node, port: port)
        var latencies = Latencies(capacity: count)
        for index in -count / 10..<count {
            let start = Clock.now()
            try await node.send(text, to: "user0")
            try await awaitDelivery(&events)
            if index >= 0 { latencies.add(since: start) }
        }
        latencies.report(processor: Clock.processor())
    }

    /// The same from outside of the node's isolation.
    @Sendable static func echoFromOutside(_ node: Node, port: Int, count: Int) async throws {
        var events = try await connect(node, port: port)
        var latencies = Latencies(capacity: count)
        for index in -count / 10..<count {
            let start = Clock.now()
            try await node.send(text, to: "user0")
            try await awaitDelivery(&events)
            if index >= 0 { latencies.add(since: start) }
        }
        latencies.report(processor: Clock.processor())
    }

    /// As fast as they go. Done when all have been acknowledged.
    @Sendable static func stream(_ node: isolated Node, port: Int, count: Int) async throws {
        var events = try await connect(node, port: port)
        let start = Clock.now()
        let processor = Clock.processor()
        var sent = 0
        var delivered = 0
        while delivered < count {
            // In small parts, so that the queue of events stays short.
            for _ in 0..<min(64, count - sent, 4_096 - (sent - delivered)) {
                try await node.post(text, to: "user0")
                sent += 1
            }
            try await awaitDelivery(&events)
            delivered += 1
        }
        let elapsed = Clock.now() - start
        Files.say(
            "{\"count\":\(count),\"seconds\":\(elapsed),\"per_second\":\(Double(count) / elapsed),"
                + "\"cpu_s\":\(Clock.processor() - processor)}")
    }
}
