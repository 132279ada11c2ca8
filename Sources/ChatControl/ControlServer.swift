public import ChatCore
public import ChatIdentity
import ChatValues
import ChatWire
public import Logging
public import NIOCore
import NIOPosix

/// The control socket of a running node: other programs of the same user give it commands, and get
/// the answers, through the JSON interface.
///
/// It stands in the user's folder, which the caller holds the lock of. It ends when the node does.
public final class ControlServer: Sendable {
    public struct Limits: Sendable {
        /// Clients at a time; one more is told so, and let go.
        public var clients = 64
        /// Bytes that a client has not taken; one that lets more pile up is cut.
        public var queuedBytes = 8 << 20
        /// Bytes that a client has not taken, past which its commands wait.
        public var patientBytes = 256 << 10

        public init() {}
    }

    /// The version of what is spoken over the socket.
    public static let protocolVersion = 1

    let node: Node
    let limits: Limits
    let loop: any EventLoop
    let now: @Sendable () -> Double
    let acted: @Sendable (ControlAct) async -> Void
    let log: Logger
    private let folder: UserFolder
    private let events: JSONEvents
    private let state: NIOLoopBoundBox<State>

    private struct State {
        var listener: (any Channel)?
        var clients: [UInt64: ControlConnection] = [:]
        var hasEnded = false
    }

    private init(
        _ node: Node, _ folder: UserFolder, _ loop: any EventLoop, _ limits: Limits,
        _ now: @escaping @Sendable () -> Double, _ log: Logger,
        _ acted: @escaping @Sendable (ControlAct) async -> Void
    ) {
        self.node = node
        self.folder = folder
        self.loop = loop
        self.limits = limits
        self.now = now
        self.log = log
        self.acted = acted
        events = JSONEvents(
            userName: node.userName, fingerprint: node.fingerprint, proxy: node.configuration.proxy)
        state = NIOLoopBoundBox.makeBoxSendingValue(State(), eventLoop: loop)
    }

    /// Listens in the user's folder, whose lock the caller holds.
    ///
    /// - Parameters:
    ///   - loop: the node's executor.
    ///   - now: seconds since 1970.
    ///   - acted: is told what clients have done; a client's next command waits for it.
    /// - Throws: `IdentityError` where something else stands in the socket's place, or none can be
    ///   made there.
    public static func start(
        for node: Node, in folder: UserFolder, on loop: any EventLoop, limits: Limits = Limits(),
        now: @escaping @Sendable () -> Double, log: Logger,
        acted: @escaping @Sendable (ControlAct) async -> Void = { _ in }
    ) async throws -> ControlServer {
        let descriptor = try HomeSocket.listen(in: folder, backlog: 128)
        let server = ControlServer(node, folder, loop, limits, now, log, acted)
        let channel = try await ServerBootstrap(group: loop)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ControlConnection(server: server))
                }
            }
            .withBoundSocket(descriptor)
            .get()
        try await loop.submit { server.state.value.listener = channel }.get()
        node.events.observe { [weak server] event in server?.happened(event) }
        return server
    }

    /// Ends it: what clients have not been told yet they are told now, if they listen, and the socket
    /// is gone when this returns.
    public func stop() async {
        node.events.observe(nil)
        let clients = try? await loop.submit {
            self.end()
            return self.state.value.clients.values.compactMap(\.closed)
        }.get()
        for closed in clients ?? [] { try? await closed.get() }
    }

    // On the event loop

    /// False where there is no room for one more.
    func admit(_ client: ControlConnection) -> Bool {
        guard !state.value.hasEnded, state.value.clients.count < limits.clients else {
            return false
        }
        state.value.clients[client.number] = client
        return true
    }

    func left(_ client: ControlConnection) { state.value.clients[client.number] = nil }

    private func happened(_ event: NodeEvent) {
        guard loop.inEventLoop else { return loop.execute { self.happened(event) } }
        if case .stopped = event { return end() }
        guard !state.value.clients.isEmpty else { return }
        let owner = ControlReference(event.reference)
        if let owner, let client = state.value.clients[owner.client],
            let line = events.line(for: event.with(reference: owner.reference), at: now())
        {
            client.put(line)
        }
        let watchers = state.value.clients.values.filter {
            $0.isWatching && $0.number != owner?.client
        }
        // What others use as `ref` is theirs.
        guard !watchers.isEmpty, let line = events.line(for: event.with(reference: nil), at: now())
        else { return }
        for watcher in watchers { watcher.put(line) }
    }

    private func end() {
        guard !state.value.hasEnded else { return }
        state.value.hasEnded = true
        state.value.listener?.close(promise: nil)
        state.value.listener = nil
        do {
            try HomeSocket.remove(in: folder)
        } catch {
            log.warning("the control socket stays behind", metadata: ["reason": "\(error)"])
        }
        for client in state.value.clients.values { client.leave() }
        loop.assumeIsolated().scheduleTask(in: .milliseconds(250)) {
            for client in self.state.value.clients.values { client.cut() }
        }
    }
}
