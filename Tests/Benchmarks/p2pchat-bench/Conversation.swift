import ChatCore
import ChatValues

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

    /// One message after the other, each when the one before it has been acknowledged; by an
    /// application on the node's own thread.
    @Sendable static func echo(_ node: isolated Node, port: Int, count: Int) async throws {
        _ = try await connect(node, port: port)
        let warmUp = count / 10
        let caller = Caller(count: count + warmUp, window: 1)
        try await caller.run(node)
        var latencies = Latencies(microseconds: caller.latencies.dropFirst(warmUp))
        latencies.report(processor: Clock.processor())
    }

    /// The same from outside, as the program's own front ends do it.
    @Sendable static func echoFromOutside(_ node: Node, port: Int, count: Int) async throws {
        var events = try await connect(node, port: port)
        var latencies = Latencies(capacity: count)
        for index in -count / 10..<count {
            let start = Clock.now()
            try await node.send(text, to: "user0")
            while case let event? = await events.next() {
                if try event.isDelivery() { break }
            }
            if index >= 0 { latencies.add(since: start) }
        }
        latencies.report(processor: Clock.processor())
    }

    /// As fast as they go. Done when all have been acknowledged.
    @Sendable static func stream(_ node: isolated Node, port: Int, count: Int) async throws {
        _ = try await connect(node, port: port)
        let start = Clock.now()
        let processor = Clock.processor()
        try await Caller(count: count, window: 4_096).run(node)
        let elapsed = Clock.now() - start
        Files.say(
            "{\"count\":\(count),\"seconds\":\(elapsed),\"per_second\":\(Double(count) / elapsed),"
                + "\"cpu_s\":\(Clock.processor() - processor)}")
    }
}
