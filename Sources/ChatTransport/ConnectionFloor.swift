import ChatCore
import ChatTLS
import ChatValues
import ChatWire
import Logging
import NIOCore
import NIOPosix

/// Everything that the connections share, on the event loop that they all run on: who is
/// connected, who is being dialled, and the way to the node.
final class ConnectionFloor {
    let loop: any EventLoop
    let configuration: TransportConfiguration
    let node: Node
    let log: Logger
    private var table: ConnectionTable<SessionHandler>
    private var nextID: UInt64 = 0
    private(set) var listeningPort: Int?
    private var listener: (any Channel)?
    private(set) var isStopping = false
    private var allClosed: EventLoopPromise<Void>?
    /// Told how a dial ended, so that the next one can be planned.
    var onDialFailed: ((Dial) -> Void)?

    init(loop: any EventLoop, configuration: TransportConfiguration, node: Node, log: Logger) {
        self.loop = loop
        self.configuration = configuration
        self.node = node
        self.log = log
        self.table = ConnectionTable(limits: configuration.limits)
    }

    var limits: TransportConfiguration.Limits { configuration.limits }
    var userName: String { configuration.userName }
    var isEncrypted: Bool {
        if case .tls = configuration.security { true } else { false }
    }
    var hello: Hello {
        Hello(
            username: userName, port: listeningPort, features: [],
            instance: configuration.instance)
    }

    func now() -> Double { node.configuration.now() }

    // MARK: New connections

    func isListening(_ channel: any Channel) {
        listener = channel
        listeningPort = channel.localAddress?.port
    }

    /// Puts TLS and a session on a new channel.
    func prepare(_ channel: any Channel, origin: SessionHandler.Origin) throws {
        nextID += 1
        let handler = SessionHandler(id: SessionID(nextID), origin: origin, floor: self)
        let pipeline = channel.pipeline.syncOperations
        if case .tls(let context) = configuration.security {
            let pins = node.pins
            let expected: Fingerprint?
            let side: TLSSide
            if case .dialled(let dial) = origin {
                expected = dial.expected
                side = .client
            } else {
                expected = nil
                side = .server
            }
            try pipeline.addHandler(TLSHandler(context: context, side: side) { presented in
                pins.contains(presented.fingerprint)
                    && (expected == nil || expected == presented.fingerprint)
            })
        }
        try pipeline.addHandler(handler)
        switch origin {
        case .accepted(let address):
            if case .inPlaceOf(let oldest) = table.admit(handler, from: address?.host ?? "") {
                oldest.fail(.overloaded)
            }
        case .dialled:
            table.track(handler)
        }
    }

    func establish(_ handler: SessionHandler) -> Bool {
        !isStopping && table.establish(handler)
    }

    // MARK: To the node

    func sessionOpened(_ handler: SessionHandler, _ details: SessionDetails) {
        let link = Link(handler: NIOLoopBound(handler, eventLoop: loop))
        node.assumeIsolated { $0.sessionOpened(link.id, details, link: link) }
    }

    func received(_ handler: SessionHandler, _ frames: [Frame]) {
        let id = handler.id
        node.assumeIsolated { $0.received(frames, on: id) }
    }

    func notConfirmed(_ handler: SessionHandler, _ message: MessageID, reason: String) {
        let id = handler.id
        node.assumeIsolated { $0.notConfirmed(message, on: id, reason: reason) }
    }

    func sessionClosed(_ handler: SessionHandler, reason: String) {
        let id = handler.id
        node.assumeIsolated { $0.sessionClosed(id, reason: reason) }
        gone(handler)
    }

    func attemptFailed(
        _ handler: SessionHandler, reason: Refusal.Reason, certificate: PresentedCertificate?,
        detail: String?
    ) {
        var attempt = FailedAttempt(
            reason: reason, direction: .inbound, address: nil,
            fingerprint: certificate?.fingerprint, certificateName: certificate?.commonName,
            detail: detail)
        switch handler.origin {
        case .accepted(let address):
            attempt.address = address
        case .dialled(let dial):
            attempt.direction = .outbound
            attempt.address = dial.address
            attempt.expected = dial.expected
        }
        let failed = attempt
        node.assumeIsolated { $0.attemptFailed(failed) }
        gone(handler)
        if case .dialled(let dial) = handler.origin { onDialFailed?(dial) }
    }

    /// A connection is off the books. Its channel may take a moment longer to say goodbye.
    func gone(_ handler: SessionHandler) {
        table.remove(handler)
        if table.isEmpty { allClosed?.succeed() }
    }

    // MARK: The end

    /// Takes no new connections, waits for those there are to say goodbye, and cuts what is left
    /// at the deadline.
    func stop() -> EventLoopFuture<Void> {
        guard !isStopping else { return loop.makeSucceededVoidFuture() }
        isStopping = true
        listener?.close(promise: nil)
        let done = loop.makePromise(of: Void.self)
        allClosed = done
        for handler in table.connections where !handler.isOpen { handler.fail(.closed) }
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

/// The node's hold on a session.
struct Link: SessionLink {
    let id: SessionID
    private let handler: NIOLoopBound<SessionHandler>

    init(handler: NIOLoopBound<SessionHandler>) {
        self.handler = handler
        self.id = handler.value.id
    }

    func send(_ frame: Frame) { handler.value.send(frame) }
    func close(_ bye: Bye) { handler.value.leave(bye) }
    func setReading(_ reading: Bool) { handler.value.setNodeReading(reading) }
    func probe() { handler.value.probe() }
}
