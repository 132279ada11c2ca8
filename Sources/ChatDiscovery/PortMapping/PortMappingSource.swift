public import ChatCore
public import Logging
import Synchronization

/// Asks the router for a port that leads to ours, and tells the table of it. Finds nobody itself.
public final class PortMappingSource: AddressSource {
    public let findings: AsyncStream<Finding>
    private let continuation: AsyncStream<Finding>.Continuation
    private let alarm = Alarm()
    private let methods: [any PortMappingMethod]
    private let log: Logger
    private let changed: @Sendable (PortMapping?) -> Void
    private let state = Mutex(State())

    private struct State {
        var port: Int?
        var running: Task<Void, Never>?
        var outcome: Result<PortMapping, PortMappingFailure>?
        var isStopped = false
    }

    /// - Parameters:
    ///   - methods: the one to be tried first comes first.
    ///   - changed: is told of each mapping, and of its end.
    package init(
        methods: [any PortMappingMethod], log: Logger,
        changed: @escaping @Sendable (PortMapping?) -> Void
    ) {
        (findings, continuation) = AsyncStream.findings()
        self.methods = methods
        self.log = log
        self.changed = changed
    }

    /// Nil where this program was built without the libraries.
    public static func make(
        telling table: DHTSource?, log: Logger
    ) -> PortMappingSource? {
        #if DHT
            PortMappingSource(methods: [NATPMPMethod(), IGDMethod()], log: log) { mapping in
                table?.mappingChanged(mapping)
            }
        #else
            nil
        #endif
    }

    public func start() async {}

    /// Who listens for this machine alone, or over IPv6 alone, needs no port of a router's.
    public func update(_ view: DiscoveryView) {
        let host = view.listening.map { Host($0.host) }
        let isWanted =
            switch host {
            case .all?, .allIPv4?: true
            case .one(let address)?: address.count == 4 && !Host.isLoopback(address)
            case .unknown?, nil: false
            }
        let port = isWanted ? view.listening?.port : nil
        let before = state.withLock { state in
            guard state.port != port, !state.isStopped else { return nil as Task<Void, Never>? }
            state.port = port
            defer { state.running = nil }
            return state.running
        }
        before?.cancel()
        guard let port else { return }
        state.withLock { state in
            guard state.running == nil, !state.isStopped else { return }
            state.running = Task { [weak self, alarm, methods] in
                await before?.value
                await PortMapper(methods: methods, sleep: alarm.sleep).run(for: port) {
                    [weak self] outcome in self?.took(outcome)
                }
            }
        }
    }

    private func took(_ outcome: Result<PortMapping, PortMappingFailure>) {
        state.withLock { $0.outcome = outcome }
        switch outcome {
        case .success(let mapping):
            log.info("the router opened a port", metadata: ["port": "\(mapping.externalPort)"])
            changed(mapping)
        case .failure(let failure):
            log.info("no port of the router's", metadata: ["reason": "\(failure)"])
            changed(nil)
        }
    }

    public func networkChanged(_ interfaces: [NetworkInterface]) { alarm.ring() }

    public func report(into status: inout DiscoveryStatus) {
        let outcome = state.withLock { $0.outcome }
        status.portMapping =
            switch outcome {
            case nil: DiscoveryStatus.PortMapping(problem: "the router has not answered yet")
            case .success(let mapping)?:
                DiscoveryStatus.PortMapping(
                    method: mapping.method.rawValue, externalHost: mapping.externalHost,
                    externalPort: mapping.externalPort)
            case .failure(let failure)?:
                DiscoveryStatus.PortMapping(problem: failure.description)
            }
    }

    /// Waits until the router has been told, for a second at most: leaving takes no longer.
    public func stop() async {
        let running = state.withLock { state in
            state.isStopped = true
            return state.running
        }
        running?.cancel()
        continuation.finish()
        guard let running else { return }
        // Neither the libraries nor a task's end can be waited for with a bound.
        let end = End()
        Task {
            await running.value
            end.come()
        }
        for _ in 0..<20 where !end.hasCome { try? await Task.sleep(for: .milliseconds(50)) }
    }
}

extension PortMappingFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noRouter: "no router answered"
        case .refused: "the router refused"
        case .noNetwork: "this machine has no network for it"
        }
    }
}

private final class End: Sendable {
    private let flag = Mutex(false)

    var hasCome: Bool { flag.withLock { $0 } }

    func come() { flag.withLock { $0 = true } }
}
