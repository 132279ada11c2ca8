public import NIOCore

/// How long to wait before the next attempt: twice as long each time, up to a bound, and spread
/// at random so that peers that were cut off together do not come back together.
public struct Backoff: Sendable {
    public struct Limits: Sendable {
        public var first = TimeAmount.seconds(1)
        public var longest = TimeAmount.minutes(5)
        /// The longest while a contact who is there has yet to accept us.
        public var awaited = TimeAmount.seconds(10)

        public init() {}
    }

    private let longest: Int64
    private var step: Int64

    public init(_ limits: Limits = Limits()) {
        self.longest = limits.longest.nanoseconds
        self.step = limits.first.nanoseconds
    }

    /// Between a half of the step and the whole of it.
    public mutating func next(using generator: inout some RandomNumberGenerator) -> TimeAmount {
        let wait = Int64.random(in: step / 2...step, using: &generator)
        step = min(step * 2, longest)
        return .nanoseconds(wait)
    }
}
