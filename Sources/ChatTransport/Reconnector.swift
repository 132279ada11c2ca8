import ChatCore
import ChatValues
import NIOCore

/// Goes after contacts who are not connected: their addresses in turn, a pause when all have
/// failed, the pauses longer and longer. On the event loop.
final class Reconnector {
    private enum Stage {
        /// As a rule one; two where the user asked for another address meanwhile.
        case dialling([Dial])
        case waiting(Scheduled<Void>)
    }

    private struct Pursuit {
        var addresses: [PeerAddress]
        /// Index of the address to try next.
        var next = 0
        var stage = Stage.dialling([])
        /// The pauses between rounds of failed dials.
        var pauses: Backoff
        /// The pauses after sessions that ended as soon as they had begun.
        var lulls: Backoff
        /// In this round the contact was there, and did not know us yet.
        var isAwaited = false
        /// How many more rounds may follow soon for that reason: five minutes' worth.
        var shortPauses = 30
        /// Somebody asked for what was on its way already: if that fails, they are not to wait for
        /// a pause that had grown before.
        var isAskedFor = false
    }

    /// A session that stood less long than this is no success: whoever lets us in only to close
    /// is not to be dialled without pause.
    static let settled = TimeAmount.minutes(1)

    private let loop: any EventLoop
    private let limits: Backoff.Limits
    private let permits: (Dial) -> Bool
    private let start: (Dial) -> Void
    private var pursuits: [Fingerprint: Pursuit] = [:]
    /// When the last session with a contact began.
    private var reached: [Fingerprint: (at: NIODeadline, lulls: Backoff)] = [:]
    private var generator: any RandomNumberGenerator

    /// - Parameters:
    ///   - permits: whether this dial may be made now; where not, the round goes on without it.
    ///   - start: begins a dial; its failure is to be reported to ``failed(_:)``.
    init(
        loop: any EventLoop, limits: Backoff.Limits,
        generator: any RandomNumberGenerator = SystemRandomNumberGenerator(),
        permits: @escaping (Dial) -> Bool = { _ in true },
        start: @escaping (Dial) -> Void
    ) {
        self.loop = loop
        self.limits = limits
        self.generator = generator
        self.permits = permits
        self.start = start
    }

    /// Tries at once, whatever pause there was.
    func keepReaching(_ contact: Fingerprint, at addresses: [PeerAddress]) {
        guard let first = addresses.first else { return stopReaching(contact) }
        var pursuit = pursuits[contact] ?? newPursuit(addresses)
        pursuit.addresses = addresses
        switch pursuit.stage {
        case .dialling(let dials) where dials.contains { $0.address == first }:
            // On its way already; the others come after it.
            pursuit.next = 1
            pursuit.isAskedFor = true
            pursuits[contact] = pursuit
            return
        case .dialling:
            break
        case .waiting(let pause):
            pause.cancel()
            pursuit.stage = .dialling([])
        }
        pursuit.next = 0
        pursuits[contact] = pursuit
        dialNext(contact)
    }

    /// The session with this contact has ended: tries after a pause, which grows from one session
    /// to the next as long as they end soon after they began.
    func reachAgain(_ contact: Fingerprint, at addresses: [PeerAddress]) {
        guard !addresses.isEmpty else { return stopReaching(contact) }
        let last = reached.removeValue(forKey: contact)
        guard pursuits[contact] == nil else {
            pursuits[contact]?.addresses = addresses
            return
        }
        var pursuit = newPursuit(addresses)
        if let last, loop.now < last.at + Self.settled { pursuit.lulls = last.lulls }
        let lull = pursuit.lulls.next(using: &generator)
        pursuits[contact] = pursuit
        pause(contact, lull)
    }

    private func newPursuit(_ addresses: [PeerAddress]) -> Pursuit {
        Pursuit(addresses: addresses, pauses: Backoff(limits), lulls: Backoff(limits))
    }

    func stopReaching(_ contact: Fingerprint) {
        guard let pursuit = pursuits.removeValue(forKey: contact) else { return }
        if case .waiting(let pause) = pursuit.stage { pause.cancel() }
    }

    func stopAll() {
        for contact in Array(pursuits.keys) { stopReaching(contact) }
    }

    /// There is a session with the contact, whoever dialled.
    func opened(_ contact: Fingerprint) {
        let lulls = pursuits[contact]?.lulls ?? reached[contact]?.lulls ?? Backoff(limits)
        reached[contact] = (loop.now, lulls)
        stopReaching(contact)
    }

    /// A dial of ours came to nothing. `refused` says that the contact is there and has not
    /// accepted us yet.
    func failed(_ dial: Dial, refused: Bool = false) {
        guard let contact = dial.expected, let pursuit = pursuits[contact],
            case .dialling(var dials) = pursuit.stage,
            let index = dials.firstIndex(where: { $0 === dial })
        else { return }
        dials.remove(at: index)
        pursuits[contact]?.stage = .dialling(dials)
        if refused { pursuits[contact]?.isAwaited = true }
        dialNext(contact)
    }

    private func dialNext(_ contact: Fingerprint) {
        guard var pursuit = pursuits[contact], case .dialling(let dials) = pursuit.stage else {
            return
        }
        while pursuit.next < pursuit.addresses.count {
            let address = pursuit.addresses[pursuit.next]
            pursuit.next += 1
            // Where one is on its way already there need not be a second.
            if dials.contains(where: { $0.address == address }) { continue }
            let dial = Dial(address, expected: contact)
            guard permits(dial) else { continue }
            pursuit.stage = .dialling(dials + [dial])
            pursuits[contact] = pursuit
            return start(dial)
        }
        guard dials.isEmpty else { return pursuits[contact] = pursuit }
        var time = pursuit.pauses.next(using: &generator)
        if pursuit.isAwaited, pursuit.shortPauses > 0 {
            // Somebody is about to read our request and to accept it: they are not to wait.
            time = min(time, limits.awaited)
            pursuit.shortPauses -= 1
        }
        if pursuit.isAskedFor { time = min(time, limits.first) }
        pursuit.isAwaited = false
        pursuit.isAskedFor = false
        pursuits[contact] = pursuit
        pause(contact, time)
    }

    /// Until the next round.
    private func pause(_ contact: Fingerprint, _ time: TimeAmount) {
        pursuits[contact]?.next = 0
        let timer = loop.assumeIsolated().scheduleTask(in: time) {
            self.pursuits[contact]?.stage = .dialling([])
            self.dialNext(contact)
        }
        pursuits[contact]?.stage = .waiting(timer)
    }
}
