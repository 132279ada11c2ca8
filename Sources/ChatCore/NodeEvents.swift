import Synchronization

/// The node's events on their way to the one front end that shows them.
///
/// A front end that falls behind must not cost memory without bound: past the high mark the queue
/// says so, the node stops reading from its peers, and TCP makes them wait. Events that the
/// node itself causes are still taken, so nothing is dropped.
public final class NodeEvents: AsyncSequence, Sendable {
    public typealias Element = NodeEvent

    private struct State {
        var buffer: [NodeEvent] = []
        /// Index of the oldest event not yet taken: cheaper than removing the first of an array.
        var head = 0
        var consumer: CheckedContinuation<NodeEvent?, Never>?
        var finished = false
        var pressed = false
        var onRelief: (@Sendable () -> Void)?

        var count: Int { buffer.count - head }

        mutating func takeFirst() -> NodeEvent {
            let event = buffer[head]
            head += 1
            if head == buffer.count {
                buffer.removeAll(keepingCapacity: buffer.capacity <= 4 * NodeEvents.highMark)
                head = 0
            } else if head >= NodeEvents.highMark {
                buffer.removeFirst(head)
                head = 0
            }
            return event
        }
    }

    static let highMark = 2_048
    static let lowMark = 512

    private let state = Mutex(State())

    init() {}

    /// Called, on the consumer's thread, when a queue that was over its high mark has drained.
    func onRelief(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.onRelief = action }
    }

    /// Adds an event. True when the consumer has fallen behind and reading is to stop.
    @discardableResult
    func push(_ event: NodeEvent) -> Bool {
        let (consumer, pressed) = state.withLock {
            state -> (CheckedContinuation<NodeEvent?, Never>?, Bool) in
            guard !state.finished else { return (nil, false) }
            if let consumer = state.consumer {
                state.consumer = nil
                return (consumer, false)
            }
            state.buffer.append(event)
            if state.count > Self.highMark { state.pressed = true }
            return (nil, state.pressed)
        }
        consumer?.resume(returning: event)
        return pressed
    }

    /// Ends the sequence once everything in it has been taken.
    func finish() {
        let consumer = state.withLock { state in
            state.finished = true
            defer { state.consumer = nil }
            return state.consumer
        }
        consumer?.resume(returning: nil)
    }

    private func next() async -> NodeEvent? {
        await withCheckedContinuation { continuation in
            let (result, relief) = state.withLock { state -> (NodeEvent??, (@Sendable () -> Void)?) in
                if state.count > 0 {
                    let event = state.takeFirst()
                    if state.pressed, state.count <= Self.lowMark {
                        state.pressed = false
                        return (.some(event), state.onRelief)
                    }
                    return (.some(event), nil)
                }
                if state.finished { return (.some(nil), nil) }
                state.consumer = continuation
                return (nil, nil)
            }
            if let result { continuation.resume(returning: result) }
            relief?()
        }
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(events: self)
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let events: NodeEvents

        /// The next event; nil once the node has stopped. Waits for as long as it takes.
        public mutating func next() async -> NodeEvent? {
            await events.next()
        }
    }
}
