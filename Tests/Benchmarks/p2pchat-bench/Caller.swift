import ChatCore

/// An application on the node's own thread that says the same so many times, with at most a
/// window's messages on their way.
// Unchecked: all of it happens on the node's thread, which isolates it.
final class Caller: @unchecked Sendable {
    private let count: Int
    private let window: Int
    private var sent = 0
    private var delivered = 0
    private var lastSent = 0.0
    private var waiter: CheckedContinuation<Void, any Error>?
    /// To be asked for each event, which costs less than to look whether somebody waits.
    private var isRunning = false
    /// Microseconds from each message to its receipt, where they go one at a time.
    private(set) var latencies: [Double] = []

    init(count: Int, window: Int) {
        self.count = count
        self.window = window
        if window == 1 { latencies.reserveCapacity(count) }
    }

    /// Returns when all has been acknowledged.
    func run(_ node: isolated Node) async throws {
        try await withCheckedThrowingContinuation { waiter in
            self.waiter = waiter
            isRunning = true
            node.deliverEvents { event, node in self.happened(event, on: node) }
            attempt { try fill(node) }
        }
    }

    private func happened(_ event: NodeEvent, on node: isolated Node) {
        guard isRunning else { return }
        attempt {
            guard try event.isDelivery() else { return }
            // One at a time, or it would not say which.
            if window == 1 { latencies.append((Clock.now() - lastSent) * 1e6) }
            delivered += 1
            // In parts, so that a batch is one.
            if sent - delivered <= window / 2 { try fill(node) }
            if delivered == count { end(.success(())) }
        }
    }

    private func fill(_ node: isolated Node) throws {
        while sent < count, sent - delivered < window {
            if window == 1 { lastSent = Clock.now() }
            try node.put(Conversation.text, to: "user0")
            sent += 1
        }
    }

    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch { end(.failure(error)) }
    }

    private func end(_ result: Result<Void, any Error>) {
        isRunning = false
        waiter?.resume(with: result)
        waiter = nil
    }
}

extension NodeEvent {
    func isDelivery() throws -> Bool {
        switch self {
        case .delivered: return true
        case .disconnected(_, _, let reason): throw Complaint("the session ended: \(reason)")
        case .failure(let failure): throw Complaint("\(failure)")
        case .stopped: throw Complaint("the node has stopped")
        default: return false
        }
    }
}
