import ChatCore
import ChatValues
import NIOCore

/// One attempt to reach an address.
final class Dial {
    let address: PeerAddress
    /// The only certificate that will do; nil takes any contact's.
    let expected: Fingerprint?
    /// It belongs to the reconnector's round for this contact.
    let isPersistent: Bool

    init(_ address: PeerAddress, expected: Fingerprint?, isPersistent: Bool) {
        self.address = address
        self.expected = expected
        self.isPersistent = isPersistent
    }
}

/// Goes after contacts who are not connected: their addresses in turn, a pause when all have
/// failed, the pauses longer and longer. On the event loop.
final class Reconnector {
    private enum Stage {
        case dialling(Dial)
        case waiting(Scheduled<Void>)
    }

    private struct Pursuit {
        var addresses: [PeerAddress]
        var next = 0
        var backoff: Backoff
        var stage: Stage?
    }

    private let loop: any EventLoop
    private let limits: Backoff.Limits
    private let start: (Dial) -> Void
    private var pursuits: [Fingerprint: Pursuit] = [:]
    private var generator = SystemRandomNumberGenerator()

    /// - Parameter start: begins a dial; its failure is to be reported to ``failed(_:)``.
    init(loop: any EventLoop, limits: Backoff.Limits, start: @escaping (Dial) -> Void) {
        self.loop = loop
        self.limits = limits
        self.start = start
    }

    /// Tries at once, whatever pause there was.
    func keepReaching(_ contact: Fingerprint, at addresses: [PeerAddress]) {
        guard !addresses.isEmpty else { return stopReaching(contact) }
        var pursuit = pursuits[contact] ?? Pursuit(addresses: addresses, backoff: Backoff(limits))
        if case .dialling(let dial)? = pursuit.stage, addresses.contains(dial.address) {
            // On its way already; the new addresses come after it.
            if addresses != pursuit.addresses {
                pursuit.addresses = addresses
                pursuit.next = 0
            }
            pursuits[contact] = pursuit
            return
        }
        if case .waiting(let pause)? = pursuit.stage { pause.cancel() }
        pursuit.addresses = addresses
        pursuit.next = 0
        pursuits[contact] = pursuit
        dialNext(contact)
    }

    func stopReaching(_ contact: Fingerprint) {
        guard let pursuit = pursuits.removeValue(forKey: contact) else { return }
        if case .waiting(let pause)? = pursuit.stage { pause.cancel() }
    }

    func stopAll() {
        for contact in Array(pursuits.keys) { stopReaching(contact) }
    }

    /// A dial of ours came to nothing.
    func failed(_ dial: Dial) {
        guard let contact = dial.expected, var pursuit = pursuits[contact],
            case .dialling(let current)? = pursuit.stage, current === dial
        else { return }
        guard pursuit.next >= pursuit.addresses.count else { return dialNext(contact) }
        let pause = pursuit.backoff.next(using: &generator)
        pursuit.next = 0
        pursuit.stage = .waiting(
            loop.assumeIsolated().scheduleTask(in: pause) { self.dialNext(contact) })
        pursuits[contact] = pursuit
    }

    private func dialNext(_ contact: Fingerprint) {
        guard var pursuit = pursuits[contact], pursuit.next < pursuit.addresses.count else { return }
        let dial = Dial(
            pursuit.addresses[pursuit.next], expected: contact, isPersistent: true)
        pursuit.next += 1
        pursuit.stage = .dialling(dial)
        pursuits[contact] = pursuit
        start(dial)
    }
}
