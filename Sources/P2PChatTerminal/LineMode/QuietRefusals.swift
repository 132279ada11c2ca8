import P2PChat

/// Strangers who rattle at the door: some are worth a line, a flood of them is not. Those who pose
/// as a contact are counted by themselves, so that no flood of others hides them.
struct QuietRefusals: Sendable {
    private static let atOnce = 5.0
    /// Lines each second.
    private static let refill = 1.0 / 60

    private struct Budget {
        var left = QuietRefusals.atOnce
        var last = 0.0

        mutating func take(at now: Double) -> Bool {
            left = min(QuietRefusals.atOnce, left + max(0, now - last) * QuietRefusals.refill)
            last = now
            guard left >= 1 else { return false }
            left -= 1
            return true
        }
    }

    private var imposters = Budget()
    private var others = Budget()

    /// - Parameter now: seconds since 1970.
    mutating func admits(_ reason: Refusal.Reason, at now: Double) -> Bool {
        reason == .changedCertificate ? imposters.take(at: now) : others.take(at: now)
    }
}
