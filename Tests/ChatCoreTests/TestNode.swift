import ChatCore
import ChatValues
import ChatWire
import Dispatch
import Logging
import Synchronization
import Testing

/// A node with everything around it in memory: its network, its disk, its clock.
final class TestNode: Sendable {
    let node: Node
    let transport = RecordingTransport()
    let store: MemoryStore
    let clock = TestClock()

    init(
        _ name: String = "alice", fingerprint: Fingerprint? = .test(1), acceptNew: Bool = false,
        contacts: [Contact] = [], requests: [ContactRequest] = []
    ) async throws {
        store = MemoryStore(TrustRecords(contacts: contacts, requests: requests))
        let clock = clock
        node = Node(
            Node.Configuration(
                userName: name, fingerprint: fingerprint, acceptNew: acceptNew,
                now: { clock.now }),
            store: fingerprint == nil ? nil : store, executor: TestExecutor(),
            log: Logger(label: "test"))
        try await node.start(
            on: transport, listen: PeerAddress(host: "192.0.2.1", port: 5_555))
    }

    /// Opens a session with this peer and returns its link.
    func open(
        _ number: UInt64, _ fingerprint: Fingerprint?, direction: Direction = .inbound,
        dialect: Dialect = .native, hello: Hello? = Hello(username: "bob", port: 6_000),
        remote: PeerAddress = PeerAddress(host: "192.0.2.2", port: 40_000),
        dialled: PeerAddress? = nil
    ) async -> RecordingLink {
        let link = RecordingLink()
        await node.sessionOpened(
            SessionID(number),
            SessionDetails(
                fingerprint: fingerprint, certificateName: "bob", direction: direction,
                dialect: dialect, remote: remote, dialled: dialled, localHost: "192.0.2.1",
                hello: dialect == .native ? hello : nil, security: nil),
            link: link)
        return link
    }

    /// Takes events until one satisfies the condition; fails if the node stops before.
    @discardableResult
    func event<Value>(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ pick: (NodeEvent) -> Value?
    ) async throws -> Value {
        for await event in node.events {
            if let value = pick(event) { return value }
        }
        Issue.record("the node stopped before: \(what)", sourceLocation: sourceLocation)
        throw CancellationError()
    }

    /// Stops the node and returns all that it had to say.
    func remainingEvents() async -> [NodeEvent] {
        await node.stop()
        var events: [NodeEvent] = []
        for await event in node.events { events.append(event) }
        return events
    }
}

extension Fingerprint {
    static func test(_ byte: UInt8) -> Fingerprint {
        Fingerprint(bytes: [UInt8](repeating: byte, count: 32)) ?? .init(bytes: [])!
    }
}

extension Contact {
    static func test(_ name: String, _ byte: UInt8, certificateName: String? = nil) -> Contact {
        Contact(
            name: name, fingerprint: .test(byte), certificateName: certificateName ?? name,
            addedAt: 0)
    }
}

final class TestClock: Sendable {
    private let time = Mutex(1_764_000_000.0)
    var now: Double { time.withLock { $0 } }
    func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
}

/// Runs jobs one after the other on a queue of its own.
final class TestExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "node")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
