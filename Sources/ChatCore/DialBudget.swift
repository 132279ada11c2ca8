import ChatValues

/// How often one machine is dialled because others say that a contact is there. Counted by the
/// machine, whatever the port and whoever said so, so that nobody can turn programs like this one
/// on a third party: what contacts, beacons and tables claim costs it a few dials a minute from
/// each of us.
struct DialBudget {
    /// At once, and then so many a minute.
    static let burst = 8.0
    static let perMinute = 6.0
    /// How many machines are counted at a time.
    static let limit = 1_024

    private var targets: [String: TokenBucket] = [:]

    /// `now` is in seconds.
    mutating func permits(_ address: PeerAddress, now: Double) -> Bool {
        let host = Self.key(address.host)
        if targets[host] == nil, targets.count >= Self.limit {
            targets = targets.filter { !$0.value.isFull(now: now) }
            // Nobody gets a fresh allowance by naming a thousand others.
            guard targets.count < Self.limit else { return false }
        }
        return targets[
            host, default: TokenBucket(capacity: Self.burst, perSecond: Self.perMinute / 60)
        ].take(now: now)
    }

    private static func key(_ host: String) -> String {
        guard let number = NumericHost(host) else { return host.lowercased() }
        return number.key
    }
}
