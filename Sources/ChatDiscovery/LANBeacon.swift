public import ChatCore
public import ChatIdentity
public import ChatValues
public import Logging
import Synchronization

/// Finds contacts on the networks that this machine is on, and lets them find us.
///
/// Rounds of beacons go out at the start, when the network changes, when a contact asks, and every
/// half a minute or so; see ``BeaconBook`` for what is in them.
public final class LANBeacon: AddressSource {
    public struct Settings: Sendable {
        /// Nil: no beacons, neither sent nor read.
        public var contacts: Bool
        /// Who to announce openly; nil for nobody.
        public var discoverable: Identity?

        public init(contacts: Bool = true, discoverable: Identity? = nil) {
            self.contacts = contacts
            self.discoverable = discoverable
        }
    }

    public let findings: AsyncStream<Finding>
    private let continuation: AsyncStream<Finding>.Continuation
    private let settings: Settings
    private let network: any LANNetwork
    private let now: @Sendable () -> Double
    private let sleep: @Sendable (Double) async throws -> Void
    private let log: Logger
    private let state: Mutex<State>

    private struct State {
        var book: BeaconBook
        var neighbours = OpenBook()
        var view = DiscoveryView(userName: "", listening: nil, contacts: [])
        var interfaces: [NetworkInterface] = []
        var answers = RateLimit(burst: 2, perSecond: 0.2)
        var onlookers = Onlookers()
        var rounds: Task<Void, Never>?
        var hasView = false
        var isStopped = false
    }

    public convenience init(own: Fingerprint, settings: Settings, log: Logger) {
        self.init(
            own: own, settings: settings, network: RealLAN(log: log), log: log,
            now: secondsSince1970,
            sleep: { try await Task.sleep(for: .seconds($0)) })
    }

    init(
        own: Fingerprint, settings: Settings, network: any LANNetwork, log: Logger,
        now: @escaping @Sendable () -> Double,
        sleep: @escaping @Sendable (Double) async throws -> Void
    ) {
        (findings, continuation) = AsyncStream.findings()
        self.settings = settings
        self.network = network
        self.now = now
        self.sleep = sleep
        self.log = log
        state = Mutex(State(book: BeaconBook(own: own)))
    }

    public func start() async {
        networkChanged(NetworkInterface.current())
    }

    public func update(_ view: DiscoveryView) {
        let isFirst = state.withLock { state in
            state.book.update(settings.contacts ? view.contacts : [])
            defer { state.hasView = true }
            let isFirst = !state.hasView || state.view.listening != view.listening
            state.view = view
            return isFirst
        }
        if isFirst { beginRounds() }
    }

    public func networkChanged(_ interfaces: [NetworkInterface]) {
        state.withLock { $0.interfaces = interfaces }
        network.listen(on: interfaces) { [weak self] in self?.received($0) }
        beginRounds()
    }

    public func stop() async {
        state.withLock {
            $0.isStopped = true
            $0.rounds?.cancel()
        }
        network.close()
        continuation.finish()
    }

    // MARK: Rounds

    /// One at once, two soon, since datagrams get lost, and then one every half a minute, not all
    /// at one moment.
    private func beginRounds() {
        state.withLock { state in
            state.rounds?.cancel()
            guard state.hasView, !state.isStopped else { return }
            state.rounds = Task { [weak self, sleep] in
                var early = [1.0, 2.0][...]
                repeat {
                    self?.sendRound()
                } while await Self.waits(early.popFirst() ?? .random(in: 20...40), sleep)
            }
        }
    }

    private static func waits(
        _ seconds: Double, _ sleep: @Sendable (Double) async throws -> Void
    ) async -> Bool {
        do {
            try await sleep(seconds)
            return !Task.isCancelled
        } catch {
            return false
        }
    }

    /// A round on each interface, with that interface's own addresses.
    private func sendRound() {
        let (view, interfaces) = state.withLock { ($0.view, $0.interfaces) }
        // Who listens for this machine alone is not to be found by others.
        if let listening = view.listening, Host(listening.host).isLoopback { return }
        for interface in interfaces where interface.isMulticast && !interface.isLoopback {
            let announcement = Announcement(at: now(), listening: view.listening, on: interface)
            var datagrams: [[UInt8]] = []
            if settings.contacts {
                var generator = SystemRandomNumberGenerator()
                let round = state.withLock { state in
                    try? state.book.round(at: now(), saying: announcement, using: &generator)
                }
                datagrams += round ?? []
            }
            datagrams += open(announcement)
            network.send(datagrams, on: interface)
        }
    }

    /// Our open announcement, where there is to be one.
    private func open(_ announcement: Announcement) -> [[UInt8]] {
        guard let identity = settings.discoverable, announcement.port > 0 else { return [] }
        return OpenAnnouncement.make(announcement, as: identity).map { [$0] } ?? []
    }

    /// Somebody has begun to look around: they are not to wait for the next round.
    private func announceOpenly(
        to source: [UInt8], on interface: NetworkInterface, at time: Double
    ) {
        guard settings.discoverable != nil,
            state.withLock({ $0.onlookers.isNew(source, at: time) })
        else { return }
        let listening = state.withLock { $0.view.listening }
        let announcement = Announcement(at: time, listening: listening, on: interface)
        network.send(open(announcement), on: interface)
    }

    // MARK: What comes

    func received(_ datagram: Datagram) {
        let time = now()
        guard
            let interface = state.withLock({ state in
                state.interfaces.first { $0.index == datagram.interface }
            })
        else { return }
        if let neighbour = state.withLock({
            $0.neighbours.read(datagram.bytes, at: time, on: interface.name)
        }) {
            continuation.yield(.neighbour(neighbour))
            return
        }
        let isOurs =
            interface.ipv4.contains { $0.address == datagram.source }
            || interface.ipv6.contains(datagram.source)
        if !isOurs, BeaconDatagram(datagram.bytes) != nil {
            announceOpenly(to: datagram.source, on: interface, at: time)
        }
        let heard = state.withLock { $0.book.read(datagram.bytes, at: time) }
        for (contact, announcement) in heard {
            let addresses = announcement.addresses(heardOn: interface.name)
            if addresses.isEmpty {
                // It can't be reached, and asks where we are.
                if state.withLock({ $0.answers.take(now: time) }) { beginRounds() }
            } else {
                continuation.yield(
                    .candidate(
                        Candidate(
                            contact: contact, addresses: addresses, origin: .beacon,
                            isLocal: true)))
            }
        }
    }
}
