/// So much at once, and then so much a second.
struct RateLimit {
    private let burst: Double
    private let perSecond: Double
    private var tokens: Double
    private var last: Double?

    init(burst: Double, perSecond: Double) {
        self.burst = burst
        self.perSecond = perSecond
        tokens = burst
    }

    /// `now` is in seconds; a clock that jumps back gives nothing.
    mutating func take(now: Double) -> Bool {
        if let last, now > last { tokens = min(burst, tokens + (now - last) * perSecond) }
        last = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
