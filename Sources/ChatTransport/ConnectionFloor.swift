import ChatCore
import ChatIdentity
import ChatTLS
import ChatValues
import ChatWire
import Logging
import NIOCore

/// Everything that the connections share, on the event loop that they all run on: who is
/// connected, who is being dialled, and the way to the node.
final class ConnectionFloor {
    let loop: any EventLoop
    let configuration: TransportConfiguration
    private(set) var delegate: any TransportDelegate
    let log: Logger
    let pings: PingSchedule
    /// On their way to a TCP connection.
    var dials: [ObjectIdentifier: Dial] = [:]
    /// Told how a dial ended, so that the next one can be planned.
    var onDialFailed: ((Dial, _ refused: Bool) -> Void)?
    /// Told that there is a session with a contact.
    var onSession: ((SessionDetails) -> Void)?
    private var table: ConnectionTable<SessionHandler>
    private var nextID: UInt64 = 0
    private var lastSecurity = ""
    /// Those who have something to write when this turn of the event loop ends.
    private var turns: [SessionHandler] = []
    private var listeners: [any Channel] = []
    private(set) var listeningPort: Int?
    private var stopped: EventLoopPromise<Void>?

    init(
        loop: any EventLoop, configuration: TransportConfiguration,
        delegate: any TransportDelegate, log: Logger
    ) {
        self.loop = loop
        self.configuration = configuration
        self.delegate = delegate
        self.log = log
        self.pings = PingSchedule(loop: loop)
        self.table = ConnectionTable(limits: configuration.limits)
    }

    var limits: TransportConfiguration.Limits { configuration.limits }
    var userName: String { configuration.userName }
    var isEncrypted: Bool {
        if case .tls = configuration.security { true } else { false }
    }
    var isStopping: Bool { stopped != nil }
    var connectionCount: Int { table.count }

    /// The same text, in the memory of the last one where that was equal: thousands of sessions say
    /// the same of their encryption.
    func shared(_ security: String) -> String {
        if security != lastSecurity { lastSecurity = security }
        return lastSecurity
    }

    /// Who goes through a proxy does not say where to be found.
    func hello(to contact: Fingerprint) -> Hello {
        Hello(
            username: userName, port: configuration.proxy == nil ? listeningPort : nil,
            features: [],
            instance: configuration.instance,
            rendezvous: delegate.rendezvous(with: contact).name, timestamp: delegate.now())
    }

    func isListening(_ channel: any Channel) {
        guard !isStopping else { return channel.close(promise: nil) }
        listeners.append(channel)
        listeningPort = channel.localAddress?.port
    }

    // MARK: A connection's life

    /// Puts TLS, or what stands for it in plain text, and a session on a new channel.
    func adopt(_ channel: any Channel, origin: SessionHandler.Origin) {
        let handler = makeHandler(channel, origin: origin)
        do {
            // The session first, so that nothing that TLS has to say is lost.
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(handler)
            try pipeline.addHandler(
                bottom(for: origin), name: SessionHandler.bottomName, position: .first)
        } catch {
            // The channel is gone already.
            handler.fail(.closed)
            closed(handler)
            channel.close(promise: nil)
        }
    }

    /// A handler that is on the books, and not on a channel yet.
    func makeHandler(
        _ channel: any Channel, origin: SessionHandler.Origin
    ) -> SessionHandler {
        nextID += 1
        let handler = SessionHandler(id: SessionID(nextID), origin: origin, floor: self)
        switch origin {
        case .accepted:
            let source = SourcePrefix(channel.remoteAddress)
            if let displaced = table.admit(handler, from: source) {
                displaced.fail(.overloaded)
                displaced.abort()
            }
        case .dialled:
            table.track(handler)
        }
        return handler
    }

    private func bottom(for origin: SessionHandler.Origin) -> any ChannelHandler {
        guard case .tls(let context) = configuration.security else { return LingeringClose() }
        let pins = delegate.pins
        switch origin {
        case .accepted:
            return TLSHandler(context: context, side: .server) { pins.contains($0.fingerprint) }
        case .dialled(let dial):
            let expected = dial.expected
            return TLSHandler(context: context, side: .client) { presented in
                pins.contains(presented.fingerprint)
                    && (expected == nil || expected == presented.fingerprint)
            }
        }
    }

    func authenticated(_ handler: SessionHandler) { table.authenticated(handler) }

    func establish(_ handler: SessionHandler) -> Bool {
        !isStopping && table.establish(handler)
    }

    /// The connection's channel is closed.
    func closed(_ handler: SessionHandler) {
        table.remove(handler)
        if table.isEmpty { stopped?.succeed() }
    }

    /// One task of the event loop for all who ask in one turn: what is said to a thousand at once
    /// takes no thousand of them.
    func endTurnLater(_ handler: SessionHandler) {
        turns.append(handler)
        guard turns.count == 1 else { return }
        loop.assumeIsolated().execute {
            let turns = self.turns
            self.turns = []
            for handler in turns { handler.turnIsOver() }
        }
    }

    // MARK: To the node

    func sessionOpened(_ handler: SessionHandler, _ details: SessionDetails) {
        onSession?(details)
        let link = Link(handler: NIOLoopBound(handler, eventLoop: loop))
        delegate.sessionOpened(handler.id, details, link: link)
    }

    func attemptFailed(
        _ handler: SessionHandler, reason: Refusal.Reason, certificate: PresentedCertificate?,
        detail: String?
    ) {
        guard !isStopping else { return }
        var attempt = FailedAttempt(
            reason: reason, direction: .inbound, address: nil,
            fingerprint: certificate?.fingerprint, certificateName: certificate?.commonName,
            detail: detail)
        switch handler.origin {
        case .accepted(let address):
            attempt.address = address
            delegate.attemptFailed(attempt)
        case .dialled(let dial):
            attempt.direction = .outbound
            attempt.address = dial.address
            attempt.expected = dial.expected
            delegate.attemptFailed(attempt)
            onDialFailed?(dial, reason == .refusedByPeer)
        }
    }

    // MARK: The end

    /// Takes no new connections, ends those that are no sessions, waits for the sessions to say
    /// goodbye, and cuts what is left at the deadline.
    func stop() -> EventLoopFuture<Void> {
        if let stopped { return stopped.futureResult }
        let done = loop.makePromise(of: Void.self)
        stopped = done
        done.futureResult.assumeIsolated().whenComplete { _ in
            // The node holds us, and we the node: it is told nothing any more, and may go.
            self.delegate = Nobody()
        }
        for listener in listeners { listener.close(promise: nil) }
        for dial in dials.values { dial.abandon() }
        for handler in table.connections {
            if handler.isOpen {
                handler.leave(Bye(reason: .quit))
            } else {
                handler.fail(.closed)
                handler.abort()
            }
        }
        guard !table.isEmpty else {
            done.succeed()
            return done.futureResult
        }
        let deadline = loop.assumeIsolated().scheduleTask(in: limits.leave) {
            for handler in self.table.connections { handler.cut("the program ended") }
            done.succeed()
        }
        done.futureResult.assumeIsolated().whenComplete { _ in deadline.cancel() }
        return done.futureResult
    }
}

extension Rendezvous {
    /// What a hello calls it.
    var name: String? {
        switch self {
        case .off: nil
        case .none: Hello.noRendezvous
        // Where OpenSSL fails at this, there is no discovery, and everything else goes on.
        case .shared(let secret): try? secret.name()
        }
    }
}
