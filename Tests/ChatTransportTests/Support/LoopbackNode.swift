import ChatCore
import ChatIdentity
import ChatStore
import ChatTLS
import ChatValues
import ChatWire
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import ChatTransport

/// A node with a real network on loopback and its contacts in memory.
struct LoopbackNode {
    let node: Node
    let transport: TCPTransport
    let identity: Identity?
    let address: PeerAddress
    let events: Inbox<NodeEvent>

    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    /// Deadlines that a loaded machine keeps, and pauses that a test can wait for.
    static var patient: TransportConfiguration.Limits {
        var limits = TransportConfiguration.Limits()
        limits.establish = .seconds(30)
        limits.backoff.first = .milliseconds(20)
        limits.backoff.longest = .milliseconds(200)
        return limits
    }

    /// - Parameters:
    ///   - port: 0 for any.
    ///   - isRead: Whether somebody reads the node's events; if not, `events` stays empty but for
    ///     the first.
    static func start(
        _ name: String, keyType: KeyType = .ed25519, insecure: Bool = false, port: Int = 0,
        limits: TransportConfiguration.Limits = patient, identity given: Identity? = nil,
        isRead: Bool = true
    ) async throws -> LoopbackNode {
        let loop = group.next()
        let identity =
            insecure ? nil : try given ?? Identity.make(userName: UserName(name), keyType: keyType)
        let security: TransportConfiguration.Security =
            if let identity { .tls(try TLSContext(identity: identity)) } else { .plain }
        let node = Node(
            Node.Configuration(
                userName: name, fingerprint: identity?.fingerprint, now: { 1_764_000_000 }),
            storage: insecure ? .nothing : try await Self.storage(), thread: NodeThread(loop),
            log: Logger(label: "test"))
        var configuration = TransportConfiguration(security: security, userName: name)
        configuration.limits = limits
        let transport = try await TCPTransport.make(
            on: loop, configuration: configuration, node: node, log: Logger(label: "test"))
        let events = Inbox<NodeEvent>()
        try await node.start(on: transport, listen: PeerAddress(host: "127.0.0.1", port: port))
        var iterator = node.events.makeAsyncIterator()
        guard case .listening(let address)? = await iterator.next() else {
            throw NodeFailure(.cannotListen, "The first event is not listening.")
        }
        let started = LoopbackNode(
            node: node, transport: transport, identity: identity, address: address, events: events)
        if isRead { started.beginReading() }
        return started
    }

    /// Contacts nowhere, messages in memory.
    private static func storage() async throws -> NodeStorage {
        let store = try ChatStore.inMemory()
        let messages = try await store.unlock(with: try .generate(.ed25519))
        return .everything(
            contacts: NothingKept(), messages: messages, preferences: store,
            rendezvous: messages)
    }

    /// Somebody reads the events from now on.
    func beginReading() {
        Task {
            for await event in node.events { events.add(event) }
            events.end()
        }
    }

    func trust(_ other: LoopbackNode) async throws {
        try await trust(try #require(other.identity))
    }

    func trust(_ identity: Identity) async throws {
        try await node.trust(
            identity.fingerprint, name: nil, certificateName: identity.userName)
    }

    /// Ends the node, and expects it to leave nothing behind.
    func stop() async throws {
        await node.stop()
        let count = try await transport.connectionCount()
        #expect(count == 0)
    }
}

/// Two nodes that trust each other and are connected.
func connectedPair() async throws -> (alice: LoopbackNode, bob: LoopbackNode) {
    let alice = try await LoopbackNode.start("alice")
    let bob = try await LoopbackNode.start("bob")
    try await alice.trust(bob)
    try await bob.trust(alice)
    try await alice.node.connect(to: bob.address, expecting: "bob")
    try await alice.connected()
    try await bob.connected()
    return (alice, bob)
}

extension LoopbackNode {
    @discardableResult
    func connected(sourceLocation: SourceLocation = #_sourceLocation) async throws
        -> PeerDescription
    {
        try await events.next("a session", sourceLocation: sourceLocation) {
            if case .connected(let peer, _, _) = $0 { peer } else { nil }
        }
    }

    /// Why the session ended.
    @discardableResult
    func disconnected(sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        try await events.next("the end of a session", sourceLocation: sourceLocation) {
            if case .disconnected(_, _, let reason) = $0 { reason } else { nil }
        }
    }

    func refused(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Refusal {
        try await events.next("a refusal", sourceLocation: sourceLocation) {
            if case .refused(let refusal) = $0 { refusal } else { nil }
        }
    }

    func failure(sourceLocation: SourceLocation = #_sourceLocation) async throws -> NodeFailure {
        try await events.next("a failure", sourceLocation: sourceLocation) {
            if case .failure(let failure) = $0 { failure } else { nil }
        }
    }

    func messages(
        _ count: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [String] {
        var contents: [String] = []
        while contents.count < count {
            let what = "message \(contents.count + 1) of \(count)"
            contents.append(
                try await events.next(what, sourceLocation: sourceLocation) {
                    if case .message(let message) = $0 { message.content } else { nil }
                })
        }
        return contents
    }
}

private struct NothingKept: TrustStore {
    func load() async throws -> TrustRecords { TrustRecords() }
    func save(_ contact: Contact) async throws {}
    func removeContact(_ fingerprint: Fingerprint) async throws {}
    func save(_ request: ContactRequest) async throws {}
    func removeRequest(_ fingerprint: Fingerprint) async throws {}
}
