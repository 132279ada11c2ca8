public import ChatValues
import ChatWire
public import Logging

/// The heart of the program: contacts, trust, sessions, presence and the messages on their way.
///
/// Front ends send it intents (its public methods) and show its ``events``. It runs on the
/// transport's event loop, so that what a connection has to say needs no hop to get here.
public actor Node {
    public struct Configuration: Sendable {
        public var userName: String
        /// Our own; nil in plain text.
        public var fingerprint: Fingerprint?
        /// Trust an unknown certificate that answers where the user told us to dial.
        public var acceptNew: Bool
        /// Seconds since 1970.
        public var now: @Sendable () -> Double

        public init(
            userName: String, fingerprint: Fingerprint?, acceptNew: Bool = false,
            now: @escaping @Sendable () -> Double
        ) {
            self.userName = userName
            self.fingerprint = fingerprint
            self.acceptNew = acceptNew
            self.now = now
        }
    }

    public nonisolated let configuration: Configuration
    /// One consumer; ends after ``NodeEvent/stopped``.
    public nonisolated let events = NodeEvents()
    /// What the TLS handshake decides by.
    public nonisolated let pins = PinSet()
    nonisolated let executor: any SerialExecutor
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    let store: (any TrustStore)?
    let log: Logger
    var transport: (any Transport)?
    var book = AddressBook()
    var requests = RequestBook()
    var sessions: [SessionID: Session] = [:]
    /// The session that each peer's messages go out on.
    var current: [PeerKey: SessionID] = [:]
    var outboxes: [PeerKey: Outbox] = [:]
    var seen: [PeerKey: RecentIDs] = [:]
    var plainPeers = PlainPeers()
    var ownPresence = PresenceState.online
    var listeningPort: Int?
    /// Contacts whom the user asked to be connected with, and who have not answered yet.
    var asked: [Fingerprint: PeerAddress] = [:]
    var toldRefusals: Set<Told> = []
    var lastWrite: Task<NodeFailure?, Never>?
    var refusals = TokenBucket(capacity: 100, perSecond: 2)
    var readingPaused = false
    var isStopping = false

    /// - Parameters:
    ///   - store: where contacts and requests are kept; nil in plain text, which has none.
    ///   - executor: the transport's event loop. It must outlive the node.
    public init(
        _ configuration: Configuration, store: (any TrustStore)?, executor: any SerialExecutor,
        log: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.executor = executor
        self.log = log
    }

    public nonisolated var userName: String { configuration.userName }
    public nonisolated var fingerprint: Fingerprint? { configuration.fingerprint }
    /// False in plain text, where nobody is who they say.
    public nonisolated var isSecure: Bool { configuration.fingerprint != nil }

    /// Reads the contacts, listens where there is an address to listen on, and goes after the
    /// contacts whose addresses are known.
    public func start(on transport: any Transport, listen: PeerAddress?) async throws(NodeFailure) {
        if let store {
            let records = try await stored { try await store.load() }
            book = AddressBook(records.contacts)
            requests = RequestBook(records.requests)
            pins.replace(with: book.pins)
        }
        self.transport = transport
        events.onRelief { [weak self] in
            guard let self else { return }
            Task { await self.resumeReading() }
        }
        if let listen {
            let address = try await transport.listen(on: listen)
            listeningPort = address.port
            emit(.listening(address))
        }
        for contact in book.sorted where !contact.addresses.isEmpty {
            transport.keepReaching(contact.fingerprint, at: contact.addresses)
        }
    }

    /// Says goodbye to everybody, sends what is still to be sent, and ends the events. Returns
    /// when every session is closed, two seconds at the most.
    public func stop() async {
        guard !isStopping else { return }
        isStopping = true
        for session in sessions.values {
            if session.speaksPresence {
                session.link.send(.presence(presence(.offline, seenFrom: session)))
            }
            session.link.close(Bye(reason: .quit))
        }
        await transport?.stop()
        _ = await lastWrite?.value
        emit(.stopped)
        events.finish()
    }

    /// How many messages of ours each peer has not acknowledged. They end with the process.
    public func undelivered() -> [(peer: PeerDescription, count: Int)] {
        outboxes.filter { !$0.value.isEmpty }
            .map { (peer: describe($0.key), count: $0.value.count) }
            .sorted { $0.peer.name < $1.peer.name }
    }

    // MARK: Shared by the extensions

    func emit(_ event: NodeEvent) {
        guard events.push(event), !readingPaused else { return }
        readingPaused = true
        for session in sessions.values { session.link.setReading(false) }
    }

    private func resumeReading() {
        guard readingPaused else { return }
        readingPaused = false
        for session in sessions.values { session.link.setReading(true) }
    }

    /// Runs a store's operation and turns its error into a sentence for the user.
    func stored<Value: Sendable>(
        _ operation: () async throws -> Value
    ) async throws(NodeFailure) -> Value {
        do {
            return try await operation()
        } catch {
            throw NodeFailure(.storage, "\(error)")
        }
    }

    func describe(_ key: PeerKey) -> PeerDescription {
        let session = current[key].flatMap { sessions[$0] }
        switch key {
        case .contact(let fingerprint):
            let contact = book[fingerprint]
            return PeerDescription(
                name: contact?.name ?? fingerprint.description, fingerprint: fingerprint,
                trust: contact?.trust,
                address: session?.details.remote ?? contact?.addresses.first)
        case .plain(let address):
            return PeerDescription(
                name: plainPeers.name(at: address) ?? address.description, fingerprint: nil,
                trust: nil, address: address)
        }
    }
}
