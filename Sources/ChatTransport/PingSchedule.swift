import NIOCore

/// When each session is to be looked at next: one timer of the event loop for all of them. Their
/// times are whole ticks (``TransportConfiguration/Limits/tick``), so that ten thousand idle
/// sessions wake the program once a second and not three hundred times.
final class PingSchedule {
    /// So many are looked at before others have a turn of the event loop.
    private static let batch = 64

    private let loop: any EventLoop
    private var slots: [NIODeadline: [ObjectIdentifier: SessionHandler]] = [:]
    private var timer: (at: NIODeadline, scheduled: Scheduled<Void>)?

    init(loop: any EventLoop) {
        self.loop = loop
    }

    /// Whether anybody is to be woken.
    var isSet: Bool { timer != nil }

    /// In place of the time that the session had, if it had one.
    func set(_ session: SessionHandler, at time: NIODeadline) {
        cancel(session)
        session.wakesAt = time
        slots[time, default: [:]][ObjectIdentifier(session)] = session
        if timer.map({ time < $0.at }) ?? true { setTimer(time) }
    }

    func cancel(_ session: SessionHandler) {
        guard let time = session.wakesAt else { return }
        session.wakesAt = nil
        slots[time]?[ObjectIdentifier(session)] = nil
        guard slots[time]?.isEmpty == true else { return }
        slots[time] = nil
        // With the last session the timer goes; else it finds nothing once, and sets itself anew.
        if slots.isEmpty { stopTimer() }
    }

    private func setTimer(_ time: NIODeadline) {
        timer?.scheduled.cancel()
        let scheduled = loop.assumeIsolated().scheduleTask(deadline: time) { self.fire() }
        timer = (time, scheduled)
    }

    private func stopTimer() {
        timer?.scheduled.cancel()
        timer = nil
    }

    private func fire() {
        timer = nil
        let now = loop.now
        var left = Self.batch
        while let time = slots.keys.min() {
            guard time <= now, left > 0 else { return setTimer(time) }
            guard let (_, session) = slots[time]?.first else {
                slots[time] = nil
                continue
            }
            left -= 1
            cancel(session)
            session.keepAliveIsDue()
        }
    }
}
