/// Who has begun to look around on the network, by address: each is answered once in a while, and all
/// of them together a few times a minute.
struct Onlookers {
    /// Seconds in which one that was answered is not new.
    static let interval = 60.0
    private static let limit = 256

    private var answered: [[UInt8]: Double] = [:]
    private var budget = RateLimit(burst: 4, perSecond: 0.2)

    mutating func isNew(_ source: [UInt8], at now: Double) -> Bool {
        if let last = answered[source], abs(now - last) < Self.interval { return false }
        guard budget.take(now: now) else { return false }
        if answered.count >= Self.limit { answered = [:] }
        answered[source] = now
        return true
    }
}
