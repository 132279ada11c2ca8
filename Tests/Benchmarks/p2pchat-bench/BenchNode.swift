import ChatCore
import ChatIdentity
import ChatStore
import ChatTLS
import ChatTransport
import ChatValues
import Logging
import NIOCore
import NIOPosix

/// A node as the program has it, with bounds that 10,000 sessions fit into.
struct BenchNode {
    let node: Node
    let loop: any EventLoop
    /// Where it listens.
    let address: PeerAddress?

    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// - Parameter database: a file for what is stored; nil keeps nothing.
    static func start(
        _ identity: Identity, contacts: [Contact], listens: Bool, database: String? = nil
    ) async throws -> BenchNode {
        let loop = group.next()
        let log = Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
        let storage: NodeStorage
        if let database {
            let store = try ChatStore.open(at: database)
            for contact in contacts { try await store.save(contact) }
            storage = .everything(
                contacts: store, messages: try await store.unlock(with: identity.privateKey),
                preferences: store)
        } else {
            let memory = MemoryStore(contacts: contacts)
            storage = .everything(contacts: memory, messages: memory, preferences: memory)
        }
        let node = Node(
            Node.Configuration(
                userName: identity.userName, fingerprint: identity.fingerprint, now: Clock.wall),
            storage: storage, thread: NodeThread(loop), log: log)
        var configuration = TransportConfiguration(
            security: .tls(try TLSContext(identity: identity)), userName: identity.userName)
        configuration.limits.sessions = 20_000
        configuration.limits.establish = .seconds(60)
        let transport = try await TCPTransport.make(
            on: loop, configuration: configuration, node: node, log: log)
        try await node.start(
            on: transport, listen: listens ? PeerAddress(host: "127.0.0.1", port: 0) : nil)
        guard listens else { return BenchNode(node: node, loop: loop, address: nil) }
        var iterator = node.events.makeAsyncIterator()
        guard case .listening(let address)? = await iterator.next() else {
            throw Complaint("the node does not listen")
        }
        return BenchNode(node: node, loop: loop, address: address)
    }

    /// Contacts called after their place in the list.
    static func contacts(_ fingerprints: [Fingerprint], prefix: String = "user") -> [Contact] {
        fingerprints.enumerated().map { index, fingerprint in
            Contact(
                name: "\(prefix)\(index)", fingerprint: fingerprint,
                certificateName: "\(prefix)\(index)", addedAt: Clock.wall())
        }
    }

    /// Runs an application where its body says: isolated to the node it is on the node's own loop,
    /// where nothing it does takes a hop; else on a thread of its own, as a front end is.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (Node) async throws -> Result
    ) async throws -> Result {
        let node = node
        return try await Task { try await body(node) }.value
    }
}
