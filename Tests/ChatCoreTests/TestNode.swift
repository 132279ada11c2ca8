import ChatValues
import ChatWire
import Dispatch
import Logging
import Synchronization

@testable import ChatCore

/// A node with everything around it in memory: its network, its disk, its clock.
final class TestNode: Sendable {
    let node: Node
    let transport: RecordingTransport
    let store: MemoryStore
    let messages: MemoryMessages
    let clock = TestClock()

    /// Our own identity is fingerprint 1; nil makes a node of plain text.
    init(
        _ name: String = "alice", fingerprint: Fingerprint? = .test(1), acceptNew: Bool = false,
        contacts: [Contact] = [], requests: [ContactRequest] = [],
        messages: MemoryMessages = MemoryMessages(),
        listen: PeerAddress? = PeerAddress(host: "192.0.2.1", port: 5_555),
        rendezvous: MemoryRendezvous? = nil, discovery: RecordingDiscovery? = nil,
        proxy: PeerAddress? = nil
    ) async throws {
        let transport = RecordingTransport()
        let store = MemoryStore(TrustRecords(contacts: contacts, requests: requests))
        let clock = clock
        self.transport = transport
        self.store = store
        self.messages = messages
        node = Node(
            Node.Configuration(
                userName: name, fingerprint: fingerprint, acceptNew: acceptNew,
                proxy: proxy, now: { clock.now }, sleep: clock.sleep),
            storage: fingerprint == nil
                ? .nothing
                : .everything(
                    contacts: store, messages: messages, preferences: messages,
                    rendezvous: rendezvous),
            thread: TestExecutor().thread,
            log: .quiet)
        try await node.start(on: transport, listen: listen, discovery: discovery)
        _ = try await events()
    }

    static func plain(_ name: String = "alice") async throws -> TestNode {
        try await TestNode(name, fingerprint: nil)
    }

    /// A session with the contact of this byte.
    func open(
        _ id: UInt64, _ contact: UInt8, direction: Direction = .inbound,
        dialect: Dialect = .native, hello: Hello? = Hello(username: "bob"),
        remote: PeerAddress = PeerAddress(host: "192.0.2.2", port: 40_000),
        dialled: PeerAddress? = nil
    ) async -> RecordingLink {
        let link = RecordingLink()
        await open(
            id, contact, link, direction: direction, dialect: dialect, hello: hello,
            remote: remote, dialled: dialled)
        return link
    }

    func open(
        _ id: UInt64, _ contact: UInt8, _ link: RecordingLink, direction: Direction = .inbound,
        dialect: Dialect = .native, hello: Hello? = Hello(username: "bob"),
        remote: PeerAddress = PeerAddress(host: "192.0.2.2", port: 40_000),
        dialled: PeerAddress? = nil
    ) async {
        await open(
            id,
            SessionDetails(
                fingerprint: .test(contact), certificateName: "bob",
                direction: dialled == nil ? direction : .outbound, dialect: dialect,
                remote: remote, dialled: dialled, localHost: "192.0.2.1",
                hello: dialect == .native ? hello : nil, security: "TLSv1.3"),
            link)
    }

    /// A session in plain text: with whoever dialled from an address, or whom we dialled.
    func openPlain(
        _ id: UInt64, from remote: PeerAddress = PeerAddress(host: "192.0.2.2", port: 40_000),
        dialled: PeerAddress? = nil
    ) async -> RecordingLink {
        let link = RecordingLink()
        await open(
            id,
            SessionDetails(
                fingerprint: nil, certificateName: nil,
                direction: dialled == nil ? .inbound : .outbound, dialect: .seed,
                remote: dialled ?? remote, dialled: dialled, localHost: "192.0.2.1", hello: nil,
                security: nil),
            link)
        return link
    }

    func open(_ id: UInt64, _ details: SessionDetails, _ link: RecordingLink) async {
        await node.sessionOpened(SessionID(id), details, link: link)
        await settle()
    }

    func close(_ id: UInt64, _ reason: String = "lost") async {
        await node.sessionClosed(SessionID(id), reason: reason)
        await settle()
    }

    func receive(_ id: UInt64, _ frames: Frame...) async {
        await node.received(frames, on: SessionID(id))
        await settle()
    }

    /// Waits until the disk is done, unless the test holds it up.
    func settle() async {
        while await node.isAtDisk, !messages.isHeld { await node.journalled() }
    }

    func acknowledge(
        _ id: UInt64, _ messages: [Message], _ state: Receipt.State = .delivered
    ) async {
        let receipts = messages.compactMap(\.id).map {
            Frame.receipt(Receipt(id: $0, state: state))
        }
        await node.received(receipts, on: SessionID(id))
        await settle()
    }

    /// Every event up to now that has not been taken. The disk is waited for, unless the test holds
    /// it up; all else the node tells in the turn in which it does it.
    func events() async throws -> [NodeEvent] {
        await settle()
        let fence = "fence \(Int.random(in: 0 ..< .max))"
        await node.dialFailed(
            PeerAddress(host: "fence.invalid", port: 1), expecting: nil, explanation: fence)
        let node = node
        return try await within("the end of the events") {
            var events: [NodeEvent] = []
            for await event in node.events {
                if case .failure(let failure) = event, failure.description == fence {
                    return events
                }
                events.append(event)
            }
            throw CancellationError()
        }
    }

    /// The events in a few words each; see ``NodeEvent/summary``.
    func told() async throws -> [String] { try await events().map(\.summary) }

    /// The failures among the events.
    func failures() async throws -> [NodeFailure] {
        try await events().compactMap {
            if case .failure(let failure) = $0 { failure } else { nil }
        }
    }

    func refusals() async throws -> [Refusal] {
        try await events().compactMap {
            if case .refused(let refusal) = $0 { refusal } else { nil }
        }
    }

    /// Waits for an event that satisfies the condition, and drops those before it.
    func event<Value: Sendable>(
        _ what: String, _ pick: @escaping @Sendable (NodeEvent) -> Value?
    ) async throws -> Value {
        let node = node
        return try await within(what) {
            for await event in node.events {
                if let value = pick(event) { return value }
            }
            throw TimedOut(what: what)
        }
    }
}

extension Node {
    var isAtDisk: Bool { journal.isBusy || journal.isWilling }
}

/// Runs jobs one after the other on a queue of its own.
final class TestExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "node")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }

    var thread: NodeThread { NodeThread(self) { [queue] body in queue.async(execute: body) } }
}

extension Logger {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
