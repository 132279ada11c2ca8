public import ChatCore
package import ChatIdentity
package import ChatValues
package import Logging
import Synchronization

/// Finds contacts across the internet, and lets them find us, through a distributed hash table that
/// strangers run. See ``DHTBook`` for what lies where.
public final class DHTSource: AddressSource {
    /// Seconds between two looks at whether all is published and looked up that should be.
    static let period = 60.0
    /// Seconds after which what is published is made anew, with the time of that moment.
    static let refresh = 3_600.0

    public let findings: AsyncStream<Finding>
    private let continuation: AsyncStream<Finding>.Continuation
    private let values: AsyncStream<Value>
    private let incoming: AsyncStream<Value>.Continuation
    private let open: @Sendable () throws -> any DHTService
    private let now: @Sendable () -> Double
    private let sleep: @Sendable (Double) async throws -> Void
    private let log: Logger
    private let state: Mutex<State>
    /// Apart from the state: answers may come while that is held.
    private let outcomes = Mutex(Outcomes())

    private struct Value: Sendable {
        let place: DHTBook.Place
        let bytes: [UInt8]
    }

    private struct Published {
        let key: DHTKey
        let id: UInt64
        let endpoints: [DHTAnnouncement.Endpoint]
        let madeAt: Double
    }

    private struct State {
        var book: DHTBook
        var reachability = Reachability()
        var hasView = false
        var service: (any DHTService)?
        var problem: String?
        var published: [DHTBook.Place: Published] = [:]
        var listening: [DHTBook.Place: DHTListening] = [:]
        var tasks: [Task<Void, Never>] = []
        var isStopped = false
    }

    private struct Outcomes {
        var publishedAt: Double?
        var foundAt: Double?
        var failed: Set<UInt64> = []
    }

    /// - Parameters:
    ///   - discoverable: who to publish openly; nil for nobody.
    ///   - open: called once, on a thread that may block. Its error is for the log.
    package init(
        own: Fingerprint, discoverable: Identity?, log: Logger,
        now: @escaping @Sendable () -> Double,
        sleep: @escaping @Sendable (Double) async throws -> Void = {
            try await Task.sleep(for: .seconds($0))
        },
        open: @escaping @Sendable () throws -> any DHTService
    ) {
        (findings, continuation) = AsyncStream.findings()
        (values, incoming) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256))
        self.open = open
        self.now = now
        self.sleep = sleep
        self.log = log
        state = Mutex(State(book: DHTBook(own: own, discoverable: discoverable)))
    }

    public func start() async {
        do {
            let service = try open()
            let interfaces = NetworkInterface.current()
            state.withLock { state in
                state.service = service
                state.reachability.interfaces = interfaces
            }
        } catch {
            log.warning("the DHT can't be used", metadata: ["reason": "\(error)"])
            state.withLock { $0.problem = "\(error)" }
            return
        }
        let reading = Task { [weak self, values] in
            for await value in values { self?.take(value) }
        }
        let looking = Task { [weak self, sleep] in
            while (try? await sleep(Self.period)) != nil, !Task.isCancelled { self?.look() }
        }
        state.withLock { $0.tasks = [reading, looking] }
    }

    public func update(_ view: DiscoveryView) {
        state.withLock { state in
            state.book.update(view.contacts)
            state.reachability.listening = view.listening
            state.hasView = true
        }
        reconcile()
    }

    public func networkChanged(_ interfaces: [NetworkInterface]) {
        let service = state.withLock { state in
            state.reachability.interfaces = interfaces
            return state.service
        }
        service?.connectivityChanged()
        look()
    }

    /// The router has opened a port for us, or has closed it.
    func mappingChanged(_ mapping: PortMapping?) {
        state.withLock { $0.reachability.mapping = mapping }
        reconcile()
    }

    public func stop() async {
        let (service, tasks) = state.withLock { state in
            state.isStopped = true
            defer { state.service = nil }
            return (state.service, state.tasks)
        }
        for task in tasks { task.cancel() }
        incoming.finish()
        continuation.finish()
        // Not under the lock, and not on one of the few threads that tasks share.
        if let service { await onThread { service.stop() } }
    }

    public func report(into status: inout DiscoveryStatus) {
        let (service, problem, published, listening) = state.withLock { state in
            (state.service, state.problem, state.published.count, state.listening.count)
        }
        let health = service?.health
        let (publishedAt, foundAt) = outcomes.withLock { ($0.publishedAt, $0.foundAt) }
        status.dht = DiscoveryStatus.DHT(
            nodes: health?.nodes ?? 0, port: health?.port, published: published,
            lookedFor: listening, publishedAt: publishedAt, foundAt: foundAt, problem: problem)
    }

    // MARK: Publishing and looking up

    /// The service is asked outside the lock: its answer may wait for a callback.
    func look() {
        let seen = state.withLock({ $0.service })?.publicAddresses ?? []
        state.withLock { $0.reachability.seen = seen }
        reconcile()
    }

    private func reconcile() {
        state.withLock { state in
            guard let service = state.service, state.hasView, !state.isStopped else { return }
            publish(&state, service)
            listen(&state, service)
        }
    }

    private func publish(_ state: inout State, _ service: any DHTService) {
        let time = now()
        let endpoints = state.reachability.endpoints
        let wanted = endpoints.isEmpty ? [] : Set(state.book.published(at: time))
        let failed = outcomes.withLock { outcomes in
            defer { outcomes.failed = [] }
            return outcomes.failed
        }
        for (place, published) in state.published
        where !wanted.contains(place) || published.endpoints != endpoints
            || abs(time - published.madeAt) >= Self.refresh || failed.contains(published.id)
        {
            service.cancelPut(published.key, id: published.id)
            state.published[place] = nil
        }
        for place in wanted where state.published[place] == nil {
            let announcement = DHTAnnouncement(at: time, endpoints)
            guard let (key, bytes) = state.book.value(of: announcement, at: place) else { continue }
            // A node refuses to change what it keeps: new content has a new number.
            let id = UInt64.random(in: 1 ... .max)
            state.published[place] = Published(
                key: key, id: id, endpoints: endpoints, madeAt: time)
            service.put(bytes, under: key, id: id) { [weak self] succeeded in
                guard let self else { return }
                outcomes.withLock { outcomes in
                    if succeeded {
                        outcomes.publishedAt = self.now()
                    } else {
                        outcomes.failed.insert(id)
                    }
                }
            }
        }
    }

    private func listen(_ state: inout State, _ service: any DHTService) {
        let wanted = Set(state.book.sought(at: now()))
        for (place, listening) in state.listening where !wanted.contains(place) {
            service.cancelListen(listening)
            state.listening[place] = nil
        }
        for place in wanted where state.listening[place] == nil {
            guard let key = state.book.key(of: place) else { continue }
            let gate = Gate()
            state.listening[place] = service.listen(key) { [incoming, now] bytes in
                if gate.opens(at: now()) { incoming.yield(Value(place: place, bytes: bytes)) }
            }
        }
    }

    private func take(_ value: Value) {
        let time = now()
        let candidate = state.withLock {
            $0.isStopped ? nil : $0.book.read(value.bytes, at: value.place, now: time)
        }
        guard let candidate else { return }
        outcomes.withLock { $0.foundAt = time }
        continuation.yield(.candidate(candidate))
    }
}

/// Anybody can leave anything under a key: so much of it is looked at.
private final class Gate: Sendable {
    private let budget = Mutex(TokenBucket(capacity: Double(DHTLimits.values), perSecond: 0.5))

    func opens(at now: Double) -> Bool { budget.withLock { $0.take(now: now) } }
}
