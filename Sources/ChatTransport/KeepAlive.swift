import NIOCore

/// What tells a silent peer from a dead one, and a slow one from one that does not read. Pure
/// arithmetic over times; ``SessionHandler`` owns the timer.
///
/// The timer is set anew only when it fires, so a busy session costs a clock reading per read. It is
/// set to whole ticks, later by less than one, so that idle sessions share their wake-ups.
struct KeepAlive {
    enum Step: Equatable {
        /// All is well; look again then.
        case wait(until: NIODeadline)
        /// Send a ping, and look again then.
        case ping(next: NIODeadline)
        /// The session is over. The reason is a few words.
        case lost(String)
    }

    /// What is to be known about the session when the timer fires.
    struct Reading {
        /// The dialect has a ping, so that silence means something.
        var canPing = true
        /// We take what the peer sends. Who does not listen can't complain of silence.
        var isListening = true
        /// Bytes given to the channel since the beginning.
        var written = 0
        /// Those of them, encrypted, that the socket has not taken yet.
        var buffered = 0
    }

    private(set) var lastHeard: NIODeadline
    private var lastPing: NIODeadline
    /// When the timer is set to.
    private var due: NIODeadline
    private var probeUntil: NIODeadline?
    /// Since when the socket has not taken anything, though there is something.
    private var stalledSince: NIODeadline?
    private var taken = 0

    init(now: NIODeadline) {
        lastHeard = now
        lastPing = now
        due = now
    }

    /// The session begins. Returns when to look for the first time.
    mutating func begin(
        at now: NIODeadline, _ limits: TransportConfiguration.Limits
    ) -> NIODeadline {
        self = KeepAlive(now: now)
        due = (now + limits.idle).roundedUp(to: limits.tick)
        return due
    }

    /// Anything that comes is a sign of life.
    mutating func heard(at now: NIODeadline) {
        lastHeard = now
        probeUntil = nil
    }

    /// Somebody doubts that the peer is there. Returns when to look, or nil where a probe is on
    /// its way already; a ping is to be sent.
    mutating func probe(
        at now: NIODeadline, _ limits: TransportConfiguration.Limits
    ) -> NIODeadline? {
        guard probeUntil == nil else { return nil }
        let until = min(now + limits.probe, lastHeard + limits.dead).roundedUp(to: limits.tick)
        probeUntil = until
        lastPing = now
        due = until
        return until
    }

    /// The timer has fired.
    mutating func step(
        at now: NIODeadline, _ reading: Reading, _ limits: TransportConfiguration.Limits
    ) -> Step {
        forgetOwnSleep(at: now, limits)
        switch judge(at: now, reading, limits) {
        case .wait(let next):
            due = next.roundedUp(to: limits.tick)
            return .wait(until: due)
        case .ping(let next):
            due = next.roundedUp(to: limits.tick)
            return .ping(next: due)
        case .lost(let reason):
            return .lost(reason)
        }
    }

    /// A timer that fires late is this program's own doing: it was stopped, or too busy to read
    /// what has come. That time is not the peer's silence, and there is a moment more to read.
    private mutating func forgetOwnSleep(
        at now: NIODeadline, _ limits: TransportConfiguration.Limits
    ) {
        guard now >= due + .seconds(1) else { return }
        let slept = now - due + limits.probe
        lastHeard = min(now, lastHeard + slept)
        lastPing = min(now, lastPing + slept)
        stalledSince = stalledSince.map { min(now, $0 + slept) }
        probeUntil = probeUntil.map { $0 + slept }
    }

    private mutating func judge(
        at now: NIODeadline, _ reading: Reading, _ limits: TransportConfiguration.Limits
    ) -> Step {
        note(reading, at: now)
        if let stalledSince, now >= stalledSince + limits.dead {
            return .lost("the other side stopped reading")
        }
        var next =
            stalledSince.map { min($0 + limits.dead, now + limits.idle) }
            ?? now + limits.idle
        guard reading.canPing, reading.isListening else {
            probeUntil = nil
            return .wait(until: next)
        }
        if now >= lastHeard + limits.dead || probeUntil.map({ now >= $0 }) == true {
            return .lost("no sign of life")
        }
        next = min(next, lastHeard + limits.dead, probeUntil ?? .distantFuture)
        let due = max(lastHeard, lastPing) + limits.idle
        guard now >= due else { return .wait(until: min(next, due)) }
        lastPing = now
        return .ping(next: min(next, now + limits.idle))
    }

    /// Encryption adds to what is buffered and not to what is written, so the difference between
    /// the two grows only when the socket has taken something.
    private mutating func note(_ reading: Reading, at now: NIODeadline) {
        let taken = reading.written - reading.buffered
        if reading.buffered == 0 {
            stalledSince = nil
        } else if stalledSince == nil || taken > self.taken {
            stalledSince = now
        }
        self.taken = taken
    }
}

extension NIODeadline {
    fileprivate func roundedUp(to tick: TimeAmount) -> NIODeadline {
        let tick = UInt64(tick.nanoseconds)
        let rest = uptimeNanoseconds % tick
        return rest == 0 ? self : self + .nanoseconds(Int64(tick - rest))
    }
}
