import ChatCore
import ChatIdentity
import ChatTLS
import ChatTransport
import ChatValues
import ChatWire
import Logging
import NIOCore
import NIOPosix
import Testing

/// A node with a real network on loopback and its contacts in memory.
struct LoopbackNode {
    let node: Node
    let identity: Identity?
    let address: PeerAddress
    let events: EventLog

    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    /// - Parameter limits: nil takes deadlines that are long enough for a loaded machine.
    static func start(
        _ name: String, trusting contacts: [Contact] = [], keyType: KeyType = .ed25519,
        insecure: Bool = false, limits: TransportConfiguration.Limits? = nil,
        identity given: Identity? = nil
    ) async throws -> LoopbackNode {
        let loop = group.next()
        let identity =
            insecure ? nil : try given ?? Identity.make(userName: UserName(name), keyType: keyType)
        let security: TransportConfiguration.Security =
            if let identity { .tls(try TLSContext(identity: identity)) } else { .plain }
        let node = Node(
            Node.Configuration(
                userName: name, fingerprint: identity?.fingerprint, now: { 1_764_000_000 }),
            store: insecure ? nil : ContactsInMemory(contacts), executor: loop.executor,
            log: Logger(label: "test"))
        var configuration = TransportConfiguration(security: security, userName: name)
        if let limits { configuration.limits = limits }
        let transport = try await TCPTransport.make(
            on: loop, configuration: configuration, node: node, log: Logger(label: "test"))
        let events = EventLog(node.events)
        try await node.start(on: transport, listen: PeerAddress(host: "127.0.0.1", port: 0))
        let address = try await events.next("listening") {
            if case .listening(let address) = $0 { address } else { nil }
        }
        return LoopbackNode(node: node, identity: identity, address: address, events: events)
    }

    func trust(_ other: LoopbackNode) async throws {
        guard let identity = other.identity else { return }
        try await node.trust(
            identity.fingerprint, name: nil, certificateName: identity.userName)
    }
}

/// The contacts that a test gives, and nothing kept.
struct ContactsInMemory: TrustStore {
    let contacts: [Contact]

    init(_ contacts: [Contact]) { self.contacts = contacts }
    func load() async throws -> TrustRecords { TrustRecords(contacts: contacts) }
    func save(_ contact: Contact) async throws {}
    func removeContact(_ fingerprint: Fingerprint) async throws {}
    func save(_ request: ContactRequest) async throws {}
    func removeRequest(_ fingerprint: Fingerprint) async throws {}
}

/// A node's events, awaited with a bound: what does not come within it fails the test, and says
/// what was waited for.
actor EventLog {
    private var buffer: [NodeEvent] = []
    private var waiter: CheckedContinuation<Void, Never>?
    private var ended = false
    private var reader: Task<Void, Never>?

    init(_ events: NodeEvents) {
        Task { await self.begin(events) }
    }

    private func begin(_ events: NodeEvents) {
        reader = Task {
            for await event in events { add(event) }
            end()
        }
    }

    private func add(_ event: NodeEvent) {
        buffer.append(event)
        wake()
    }

    private func end() {
        ended = true
        wake()
    }

    private func wake() {
        waiter?.resume()
        waiter = nil
    }

    /// The first event that `pick` takes; those before it are dropped.
    @discardableResult
    func next<Value: Sendable>(
        _ what: String, within seconds: Double = 20,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ pick: @Sendable (NodeEvent) -> Value?
    ) async throws -> Value {
        var seen: [String] = []
        let deadline = ContinuousClock.now + .seconds(seconds)
        let alarm = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            self.wake()
        }
        defer { alarm.cancel() }
        while true {
            while !buffer.isEmpty {
                let event = buffer.removeFirst()
                if let value = pick(event) { return value }
                seen.append("\(event)".prefix(200).description)
            }
            guard !ended, ContinuousClock.now < deadline else { break }
            await withCheckedContinuation { waiter = $0 }
        }
        Issue.record("waited for \(what), saw only \(seen)", sourceLocation: sourceLocation)
        throw CancellationError()
    }
}
