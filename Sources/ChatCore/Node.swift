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
        /// Waits for so many seconds; ends early, with an error, where its task is cancelled.
        public var sleep: @Sendable (Double) async throws -> Void

        public init(
            userName: String, fingerprint: Fingerprint?, acceptNew: Bool = false,
            now: @escaping @Sendable () -> Double,
            sleep: @escaping @Sendable (Double) async throws -> Void = {
                try await Task.sleep(for: .seconds($0))
            }
        ) {
            self.userName = userName
            self.fingerprint = fingerprint
            self.acceptNew = acceptNew
            self.now = now
            self.sleep = sleep
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

    let log: Logger
    var transport: (any Transport)?
    var listening: PeerAddress?
    var listeningPort: Int? { listening?.port }
    var ownPresence = PresenceState.online

    // Contacts and requests, in memory and on disk.
    let storage: NodeStorage
    var store: (any TrustStore)? { storage.contacts }
    var book = AddressBook()
    var requests = RequestBook()
    var turns = Turnstile()
    var unsaved = Unsaved()
    public internal(set) var preferences = Preferences()

    // Sessions. What is kept by peer is bounded by the contacts there are; in plain text by the
    // connections that are open and the addresses that the user gave.
    var sessions: [SessionID: Session] = [:]
    var arrivals: UInt64 = 0
    /// The session that each peer's messages go out on.
    var current: [PeerKey: SessionID] = [:]
    var outboxes: [PeerKey: Outbox] = [:]
    var isFlushing = false
    /// Ids of messages that came: one that comes again, because our receipt was lost with the
    /// connection, is acknowledged again and not shown again.
    var seen: [PeerKey: RecentIDs<Void>] = [:]
    /// The references of messages that were delivered, for the receipts that say they were read.
    var delivered: [PeerKey: RecentIDs<String?>] = [:]
    var plainPeers = PlainPeers()

    // Dials.
    /// Where the user told us to look for contacts who have not been reached since.
    var asked: [Fingerprint: Quest] = [:]
    /// Plain text's addresses that are being dialled.
    var plainDials: Set<PeerAddress> = []
    var told: Set<Told> = []
    /// By reason, so that noise of one kind does not hide another kind.
    var refusals: [Refusal.Reason: TokenBucket] = [:]

    var discovery = DiscoveryState()

    var readingPaused = false
    /// What happened before it could be told where the node listens, which comes first.
    private var held: [NodeEvent]?
    private var ending: Task<Void, Never>?
    var isStopping: Bool { ending != nil }

    /// - Parameters:
    ///   - storage: where contacts, requests and messages are kept.
    ///   - executor: the transport's event loop. It must outlive the node.
    public init(
        _ configuration: Configuration, storage: NodeStorage, executor: any SerialExecutor,
        log: Logger
    ) {
        self.configuration = configuration
        self.storage = storage
        self.executor = executor
        self.log = log
    }

    public nonisolated var userName: String { configuration.userName }
    public nonisolated var fingerprint: Fingerprint? { configuration.fingerprint }
    /// False in plain text, where nobody is who they say.
    public nonisolated var isSecure: Bool { configuration.fingerprint != nil }

    /// Reads the contacts, listens where there is an address to listen on, and goes after the
    /// contacts whose addresses are known.
    public func start(
        on transport: any Transport, listen: PeerAddress?, discovery: (any Discovery)? = nil
    ) async throws(NodeFailure) {
        self.transport = transport
        events.onRelief { [weak self] in
            guard let self else { return }
            Task { await self.resumeReading() }
        }
        if let store {
            let records = try await stored { try await store.load() }
            book = AddressBook(records.contacts)
            requests = RequestBook(records.requests)
            pins.replace(with: book.pins)
        }
        if let store = storage.preferences {
            preferences = Preferences(try await stored { try await store.preferences() })
        }
        try await loadRendezvous()
        if let listen {
            try requireRunning()
            held = []
            do throws(NodeFailure) {
                let address = try await transport.listen(on: listen)
                listening = address
                events.push(.listening(address))
            } catch {
                release()
                throw error
            }
            release()
        }
        try requireRunning()
        for contact in book.sorted { reach(contact.fingerprint) }
        await startDiscovery(discovery)
    }

    /// Says goodbye to everybody, sends what is still to be sent, saves what is still to be saved,
    /// and ends the events. Returns when every session is closed, two seconds at the most, and the
    /// disk is done.
    public func stop() async {
        let ending = ending ?? Task { await end() }
        self.ending = ending
        await ending.value
    }

    private func end() async {
        for session in sessions.values where !session.isLeaving {
            if session.speaksPresence {
                session.link.send(.presence(presence(.offline, seenFrom: session)))
            }
            session.link.close(Bye(reason: .quit))
        }
        await stopDiscovery()
        await transport?.stop()
        await saveTheRest()
        release()
        emit(.stopped)
        events.finish()
    }

    func requireRunning() throws(NodeFailure) {
        guard !isStopping else {
            throw NodeFailure(.stopping, "The program is about to end: start it again for that.")
        }
    }

    /// How many messages of ours each peer has not acknowledged. They end with the process.
    public func undelivered() -> [(peer: PeerDescription, count: Int)] {
        outboxes.filter { !$0.value.isEmpty }
            .map { (peer: describe($0.key), count: $0.value.count) }
            .sorted { $0.peer.name < $1.peer.name }
    }

    func emit(_ event: NodeEvent) {
        guard held == nil else {
            held?.append(event)
            return
        }
        guard events.push(event), !readingPaused else { return }
        readingPaused = true
        for session in sessions.values { session.link.setReading(false) }
    }

    /// Tells what has come since the listener was being set up.
    private func release() {
        let events = held ?? []
        held = nil
        for event in events { emit(event) }
    }

    private func resumeReading() {
        guard readingPaused else { return }
        readingPaused = false
        for session in sessions.values { session.link.setReading(true) }
    }

    func session(with peer: PeerKey) -> Session? {
        current[peer].flatMap { sessions[$0] }
    }

    /// How a peer is shown. Its name may be as it came: see ``shown(_:)`` for sentences.
    func describe(_ key: PeerKey) -> PeerDescription {
        switch key {
        case .contact(let fingerprint):
            let contact = book[fingerprint]
            return PeerDescription(
                name: contact?.name ?? fingerprint.description, fingerprint: fingerprint,
                trust: contact?.trust,
                address: session(with: key)?.details.remote ?? contact?.addresses.first)
        case .plain(let address):
            return PeerDescription(
                name: plainPeers.name(at: address) ?? address.description, fingerprint: nil,
                trust: nil, address: address)
        }
    }

    /// A peer's name, safe to stand in a sentence.
    func shown(_ key: PeerKey) -> String {
        SafeText.singleLine(describe(key).name, limit: 80)
    }
}
