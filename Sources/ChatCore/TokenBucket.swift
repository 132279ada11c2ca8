/// So much at once, and then so much a second.
struct TokenBucket {
    private let capacity: Double
    private let perSecond: Double
    private var tokens: Double
    private var last: Double?

    init(capacity: Double, perSecond: Double) {
        self.capacity = capacity
        self.perSecond = perSecond
        self.tokens = capacity
    }

    /// Takes a token if there is one. `now` is in seconds; a clock that jumps back gives nothing.
    mutating func take(now: Double) -> Bool {
        if let last, now > last { tokens = min(capacity, tokens + (now - last) * perSecond) }
        last = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    /// Whether there are so many.
    func holds(_ count: Double, now: Double) -> Bool {
        let since = last.map { max(0, now - $0) } ?? 0
        return min(capacity, tokens + since * perSecond) >= count
    }

    /// Whether nothing has been taken that has not been made up for.
    func isFull(now: Double) -> Bool {
        guard let last else { return true }
        return tokens + max(0, now - last) * perSecond >= capacity
    }
}
