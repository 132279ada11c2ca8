public import ChatCore
import ChatWire
public import Logging
import Synchronization

/// The original program's discovery, for `--insecure` alone: a broadcast every five seconds that
/// says a name and a port, believed by whoever likes.
public final class SeedDiscovery: AddressSource {
    /// What the original program uses.
    public static let usualPort = 50_000
    /// Seconds between two broadcasts.
    static let period = 5.0
    /// Seconds after which somebody who is not heard any more is gone.
    static let lifetime = 16.0
    /// How many are remembered.
    static let limit = 256

    public let findings: AsyncStream<Finding>
    private let continuation: AsyncStream<Finding>.Continuation
    private let network: any BroadcastNetwork
    private let now: @Sendable () -> Double
    private let sleep: @Sendable (Double) async throws -> Void
    private let state = Mutex(State())

    private struct Heard {
        var name: String
        var at: Double
    }

    private struct State {
        var view = DiscoveryView(userName: "", listening: nil, contacts: [])
        var interfaces: [NetworkInterface] = []
        var heard: [PeerAddress: Heard] = [:]
        var budget = RateLimit(burst: 64, perSecond: 16)
        var rounds: Task<Void, Never>?
        var isListening = false
        var isStopped = false
    }

    public convenience init(port: Int, log: Logger) {
        self.init(
            network: RealBroadcast(port: UInt16(clamping: port), log: log), now: secondsSince1970,
            sleep: { try await Task.sleep(for: .seconds($0)) })
    }

    init(
        network: any BroadcastNetwork, now: @escaping @Sendable () -> Double,
        sleep: @escaping @Sendable (Double) async throws -> Void
    ) {
        (findings, continuation) = AsyncStream.findings()
        self.network = network
        self.now = now
        self.sleep = sleep
    }

    public func start() async {
        state.withLock { $0.interfaces = NetworkInterface.current() }
    }

    public func update(_ view: DiscoveryView) {
        // Who is there for this machine alone neither announces nor looks around.
        let isAlone = view.listening.map { Host($0.host).isLoopback } ?? true
        let begins = state.withLock { state in
            state.view = view
            guard !isAlone, !state.isStopped, !state.isListening else { return false }
            state.isListening = true
            return true
        }
        guard begins else { return }
        network.listen { [weak self] in self?.received($0) }
        let rounds = Task { [weak self, sleep] in
            repeat {
                self?.announce()
                self?.forget()
            } while (try? await sleep(Self.period)) != nil && !Task.isCancelled
        }
        state.withLock { $0.rounds = rounds }
    }

    public func networkChanged(_ interfaces: [NetworkInterface]) {
        state.withLock { $0.interfaces = interfaces }
    }

    public func stop() async {
        state.withLock {
            $0.isStopped = true
            $0.rounds?.cancel()
        }
        network.close()
        continuation.finish()
    }

    func announce() {
        let (view, interfaces) = state.withLock { ($0.view, $0.interfaces) }
        guard let listening = view.listening else { return }
        let announcement = SeedAnnouncement(username: view.userName, port: listening.port)
        let host = Host(listening.host)
        for interface in interfaces where !interface.isLoopback {
            for own in interface.ipv4 where host.includes(own.address) {
                guard let broadcast = own.broadcast,
                    let bytes = announcement.bytes(
                        host: Host.text(own.address), timestamp: now())
                else { continue }
                network.send(bytes, to: broadcast)
            }
        }
    }

    func received(_ datagram: Datagram) {
        let time = now()
        guard datagram.source.count == 4, let announcement = SeedAnnouncement(datagram.bytes)
        else { return }
        let address = PeerAddress(host: Host.text(datagram.source), port: announcement.port)
        let isTaken = state.withLock { state in
            let isOurs =
                announcement.port == state.view.listening?.port
                && state.interfaces.contains {
                    $0.ipv4.contains { $0.address == datagram.source }
                }
            guard !isOurs, state.budget.take(now: time),
                state.heard[address] != nil || state.heard.count < Self.limit
            else { return false }
            state.heard[address] = Heard(name: announcement.username, at: time)
            return true
        }
        guard isTaken else { return }
        continuation.yield(
            .plain(name: announcement.username, address: address, presence: .online))
    }

    func forget() {
        let time = now()
        let gone = state.withLock { state in
            let gone = state.heard.filter { abs(time - $0.value.at) > Self.lifetime }
            for address in gone.keys { state.heard[address] = nil }
            return gone
        }
        for (address, heard) in gone {
            continuation.yield(.plain(name: heard.name, address: address, presence: .offline))
        }
    }
}
