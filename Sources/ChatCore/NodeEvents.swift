import Synchronization

/// The node's events on their way to the one front end that shows them.
///
/// A front end that falls behind must not cost memory without bound: past the high mark the queue
/// says so, the node stops reading from its peers, and TCP makes them wait. Events that the
/// node itself causes are still taken, so nothing is dropped.
///
/// Others who want to know as well, whatever the front end is at, are told by
/// ``observe(_:)``. A front end on the node's own thread has ``Node/deliverEvents(to:)``.
///
/// One task at a time takes events. While one waits, another that asks gets nil.
public final class NodeEvents: AsyncSequence, Sendable {
    public typealias Element = NodeEvent

    static let highMark = 2_048
    static let lowMark = 512

    private let state = Mutex(EventQueue())

    init() {}

    /// Called, on the consumer's thread, when a queue that was over its high mark has drained.
    func onRelief(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.onRelief = action }
    }

    /// Calls the body with every event from now on, on the node's executor, at the moment it happens
    /// and before the consumer has it. It must not wait. Another observer takes its place, nil ends
    /// it.
    public func observe(_ body: (@Sendable (NodeEvent) -> Void)?) {
        state.withLock { $0.observer = body }
    }

    /// Adds an event. True when the consumer has fallen behind and reading is to stop.
    @discardableResult
    func push(_ event: NodeEvent) -> Bool {
        var (observer, consumer, isPressed) = state.withLock { $0.offer(event) }
        if let observer {
            // Outside the lock; the node has one thread, so the order stays.
            observer(event)
            (consumer, isPressed) = state.withLock { $0.push(event) }
        }
        consumer?.resume(returning: event)
        return isPressed
    }

    /// Tells the observer alone.
    func tell(_ event: NodeEvent) { state.withLock { $0.observer }?(event) }

    /// Empties the queue.
    func takeWaiting() -> [NodeEvent] { state.withLock { $0.takeWaiting() } }

    /// Ends the sequence once everything in it has been taken.
    func finish() {
        state.withLock { $0.finish() }?.resume(returning: nil)
    }

    /// Runs where its caller does: a consumer on the node's own executor has the next event without
    /// a hop.
    private func next(isolation: isolated (any Actor)?) async -> NodeEvent? {
        // Mostly there is one: then nothing has to be set up for waiting.
        if !Task.isCancelled, case .event(let event, let relief)? = state.withLock({ $0.take() }) {
            relief?()
            return event
        }
        let ticket = state.withLock { $0.drawTicket() }
        return await withTaskCancellationHandler {
            // Named, or this closure would be isolated to nobody and run on a thread of its own.
            _ = isolation
            // Unchecked, for it is set up for each event that is waited for: the queue hands a
            // continuation out once, to whoever resumes it.
            return await withUnsafeContinuation { continuation in
                switch state.withLock({ $0.next(continuation, ticket) }) {
                case .event(let event, let relief):
                    continuation.resume(returning: event)
                    relief?()
                case .end:
                    continuation.resume(returning: nil)
                case .wait:
                    break
                }
            }
        } onCancel: {
            state.withLock { $0.cancel(ticket) }?.resume(returning: nil)
        }
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(events: self)
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let events: NodeEvents

        /// The next event; nil once the node has stopped, and where the task is cancelled. Nothing
        /// is lost by that: another task may go on where this one left off.
        public mutating func next() async -> NodeEvent? {
            await events.next(isolation: nil)
        }

        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async -> NodeEvent? {
            await events.next(isolation: actor)
        }
    }
}

/// What ``NodeEvents`` does under its lock. Continuations are handed out, to be resumed outside.
private struct EventQueue {
    typealias Continuation = UnsafeContinuation<NodeEvent?, Never>
    typealias Observer = @Sendable (NodeEvent) -> Void
    typealias Relief = @Sendable () -> Void

    /// What a consumer gets.
    enum Turn {
        case event(NodeEvent, relief: Relief?)
        case end
        /// Its continuation is kept.
        case wait
    }

    private var waiting = Queue<NodeEvent>()
    private var consumer: (continuation: Continuation, ticket: UInt64)?
    private var isFinished = false
    private var lastTicket: UInt64 = 0
    /// Over the high mark, and not yet down at the low one.
    private(set) var isPressed = false
    var onRelief: Relief?
    var observer: Observer?

    /// Takes the event, unless an observer is to be told of it first.
    mutating func offer(
        _ event: NodeEvent
    ) -> (observer: Observer?, consumer: Continuation?, isPressed: Bool) {
        if let observer { return (observer, nil, false) }
        let (consumer, isPressed) = push(event)
        return (nil, consumer, isPressed)
    }

    /// The consumer to give the event to; nil where none waits, and the event does.
    mutating func push(_ event: NodeEvent) -> (consumer: Continuation?, isPressed: Bool) {
        guard !isFinished else { return (nil, isPressed) }
        if let consumer = takeConsumer() { return (consumer, isPressed) }
        waiting.append(event)
        if waiting.count > NodeEvents.highMark { isPressed = true }
        return (nil, isPressed)
    }

    mutating func takeWaiting() -> [NodeEvent] {
        defer { waiting = Queue() }
        return waiting.elements
    }

    mutating func finish() -> Continuation? {
        isFinished = true
        return takeConsumer()
    }

    /// Tells one call from the next, so that a cancellation ends its own alone.
    mutating func drawTicket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    /// The next event, where one waits.
    mutating func take() -> Turn? {
        guard let event = waiting.popFirst() else { return nil }
        guard isPressed, waiting.count <= NodeEvents.lowMark else {
            return .event(event, relief: nil)
        }
        isPressed = false
        return .event(event, relief: onRelief)
    }

    mutating func next(_ continuation: Continuation, _ ticket: UInt64) -> Turn {
        // Under the lock that cancelling takes too: either the cancellation is seen here, or it
        // finds the continuation.
        if Task.isCancelled { return .end }
        if let turn = take() { return turn }
        guard !isFinished, consumer == nil else { return .end }
        consumer = (continuation, ticket)
        return .wait
    }

    mutating func cancel(_ ticket: UInt64) -> Continuation? {
        consumer?.ticket == ticket ? takeConsumer() : nil
    }

    private mutating func takeConsumer() -> Continuation? {
        defer { consumer = nil }
        return consumer?.continuation
    }
}
