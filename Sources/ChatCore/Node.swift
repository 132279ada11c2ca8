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
        /// The transport dials through this SOCKS5 proxy: nobody is told where we are, and what
        /// only this machine's networks could tell of others counts for nothing.
        public var proxy: PeerAddress?
        /// Seconds since 1970.
        public var now: @Sendable () -> Double
        /// Waits for so many seconds; ends early, with an error, where its task is cancelled.
        public var sleep: @Sendable (Double) async throws -> Void

        public init(
            userName: String, fingerprint: Fingerprint?, acceptNew: Bool = false,
            proxy: PeerAddress? = nil, now: @escaping @Sendable () -> Double,
            sleep: @escaping @Sendable (Double) async throws -> Void = {
                try await Task.sleep(for: .seconds($0))
            }
        ) {
            self.userName = userName
            self.fingerprint = fingerprint
            self.acceptNew = acceptNew
            self.proxy = proxy
            self.now = now
            self.sleep = sleep
        }
    }

    public nonisolated let configuration: Configuration
    /// One consumer; ends after ``NodeEvent/stopped``.
    public nonisolated let events = NodeEvents()
    /// What the TLS handshake decides by.
    public nonisolated let pins = PinSet()
    nonisolated let thread: NodeThread
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        thread.executor.asUnownedSerialExecutor()
    }

    let log: Logger
    var transport: (any Transport)?
    var listening: PeerAddress?
    /// The port that peers are told of; nil where they are told none.
    var announcedPort: Int? { configuration.proxy == nil ? listening?.port : nil }
    var ownPresence = PresenceState.online

    // Contacts and requests, in memory and on disk.
    let store: (any TrustStore)?
    let messages: (any MessageStore)?
    let preferenceStore: (any PreferenceStore)?
    let rendezvousStore: (any RendezvousStore)?
    var book = AddressBook() {
        didSet { correspondents.forget() }
    }
    var requests = RequestBook()
    var turns = Turnstile()
    var unsaved = Unsaved()
    public internal(set) var preferences = Preferences()

    // Messages and the disk.
    var journal = Journal()
    /// Contacts whose outbox is to be filled from the disk.
    var unloaded: Set<Fingerprint> = []
    /// Grows with each time that an outbox is filled.
    var loads: UInt64 = 0
    var touched = Touched()
    /// Damaged messages that the user has been told of.
    var damaged: Set<MessageID> = []
    /// Read receipts that wait for a session.
    var readReceipts: [Fingerprint: [MessageID]] = [:]
    /// Up to which position each contact has been given read receipts in this run.
    var receipted: [Fingerprint: Int64] = [:]
    /// When each contact was last told that we are writing.
    var typing: [Fingerprint: Double] = [:]
    var retention: Task<Void, Never>?

    // Sessions. What is kept by peer is bounded by the contacts there are; in plain text by the
    // connections that are open and the addresses that the user gave.
    var sessions: [SessionID: Session] = [:]
    var arrivals: UInt64 = 0
    /// The session that each peer's messages go out on.
    var current: [PeerKey: SessionID] = [:] {
        didSet { correspondents.forget() }
    }
    var outboxes: [PeerKey: Outbox] = [:] {
        didSet { correspondents.forget() }
    }
    let correspondents = Correspondents()
    var isFlushing = false
    /// What front ends call the messages that they have sent, until these are read.
    var references: [PeerKey: References] = [:]
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

    var pauses: ReadingPause = []
    /// Who takes the events on the node's thread, instead of from the sequence.
    private var application: (@Sendable (NodeEvent, isolated Node) -> Void)?
    /// What happened before it could be told where the node listens, which comes first.
    private var held: [NodeEvent]?
    private var ending: Task<Void, Never>?
    var isStopping: Bool { ending != nil }

    /// - Parameters:
    ///   - storage: where contacts, requests and messages are kept.
    ///   - thread: the transport's event loop.
    public init(
        _ configuration: Configuration, storage: NodeStorage, thread: NodeThread, log: Logger
    ) {
        self.configuration = configuration
        store = storage.contacts
        messages = storage.messages
        preferenceStore = storage.preferences
        rendezvousStore = storage.rendezvous
        self.thread = thread
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
            Task { await self.resumeReading(.events) }
        }
        if let store {
            let records = try await stored { try await store.load() }
            book = AddressBook(records.contacts)
            requests = RequestBook(records.requests)
            pins.replace(with: book.pins)
        }
        if let store = preferenceStore {
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
        watchRetention()
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
        retention?.cancel()
        // So that what came before the goodbye is stored and acknowledged.
        await journalled()
        for session in sessions.values where !session.isLeaving {
            if session.speaksPresence {
                session.link.send(.presence(presence(.offline, seenFrom: session)))
            }
            session.link.close(Bye(reason: .quit))
        }
        await stopDiscovery()
        await transport?.stop()
        tryDiskAgain()
        await journalled()
        closeJournal()
        await saveTheRest()
        release()
        emit(.stopped)
        events.finish()
    }

    func requireRunning() throws(NodeFailure) {
        if isStopping { throw Self.stopping }
    }

    func emit(_ event: NodeEvent) {
        guard held == nil else {
            held?.append(event)
            return
        }
        if let application {
            events.tell(event)
            application(event, self)
        } else if events.push(event) {
            pauseReading(.events)
        }
    }

    /// Gives every event to the body, in the place of whoever would iterate ``events``: first those
    /// that wait, then each at the moment it happens. For applications on the node's own thread,
    /// which do not have to be resumed there.
    ///
    /// The body must not wait. What it asks of the node is carried out when the node is done with
    /// what it is at.
    public func deliverEvents(to body: @escaping @Sendable (NodeEvent, isolated Node) -> Void) {
        for event in events.takeWaiting() { body(event, self) }
        application = body
    }

    /// Tells what has come since the listener was being set up.
    private func release() {
        let events = held ?? []
        held = nil
        for event in events { emit(event) }
    }

    func session(with peer: PeerKey) -> Session? {
        if case .contact(let contact) = peer, let known = shown(contact) { return known.session }
        return currentSession(with: peer)
    }

    private func currentSession(with peer: PeerKey) -> Session? {
        // No closure: one that is isolated asks the runtime each time where it runs.
        guard let id = current[peer] else { return nil }
        return sessions[id]
    }

    func outbox(for peer: PeerKey) -> Outbox? {
        if case .contact(let contact) = peer, let known = shown(contact) { return known.outbox }
        return outboxes[peer]
    }

    /// How a peer is shown. Its name may be as it came: see ``shown(_:)`` for sentences.
    func describe(_ key: PeerKey) -> PeerDescription {
        switch key {
        case .contact(let fingerprint):
            shown(fingerprint)?.description
                ?? PeerDescription(
                    name: fingerprint.description, fingerprint: fingerprint, trust: nil,
                    address: currentSession(with: key)?.details.remote)
        case .plain(let address):
            PeerDescription(
                name: plainPeers.name(at: address) ?? address.description, fingerprint: nil,
                trust: nil, address: address)
        }
    }

    /// What is known of a contact; nil for who is none, or none any more.
    func shown(_ fingerprint: Fingerprint) -> Correspondents.Entry? {
        if let known = correspondents[fingerprint] { return known }
        guard let contact = book[fingerprint] else { return nil }
        let peer = PeerKey.contact(fingerprint)
        let entry = Correspondents.Entry(
            contact, session: currentSession(with: peer), outbox: outboxes[peer])
        correspondents.insert(entry)
        return entry
    }

    /// A peer's name, safe to stand in a sentence.
    func shown(_ key: PeerKey) -> String {
        SafeText.singleLine(describe(key).name, limit: 80)
    }
}
