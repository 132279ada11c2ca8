import ChatCore
import ChatIdentity
import ChatTLS
import ChatValues
import ChatWire
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// One session without a network, in virtual time: a test plays the peer and the node.
final class SessionBench {
    let loop: EmbeddedEventLoop
    let channel: EmbeddedChannel
    let node: NodeRecord
    let floor: ConnectionFloor
    let handler: SessionHandler
    /// How dials ended.
    private(set) var failedDials: [Dial] = []

    /// - Parameters:
    ///   - dial: where we dialled; nil for a connection that came in.
    ///   - other: a session of the same node and in the same time.
    init(
        encrypted: Bool = true, dial: Dial? = nil, limits: TransportConfiguration.Limits? = nil,
        beside other: SessionBench? = nil
    ) throws {
        loop = other?.loop ?? EmbeddedEventLoop()
        node = other?.node ?? NodeRecord()
        channel = EmbeddedChannel(loop: loop)
        let security: TransportConfiguration.Security =
            encrypted
            ? .tls(try TLSContext(identity: Identity.make(userName: UserName("alice")))) : .plain
        var configuration = TransportConfiguration(
            security: security, userName: "alice", instance: "0123456789abcdef")
        if let limits { configuration.limits = limits }
        floor =
            other?.floor
            ?? ConnectionFloor(
                loop: loop, configuration: configuration, delegate: node, log: Logger(label: "test")
            )
        if let dial {
            dial.deadline = loop.now + floor.limits.establish
            handler = floor.makeHandler(channel, origin: .dialled(dial))
        } else {
            let from = PeerAddress(host: "192.0.2.1", port: 50_000)
            handler = floor.makeHandler(channel, origin: .accepted(from: from))
        }
        floor.onDialFailed = { [unowned self] dial, _ in failedDials.append(dial) }
    }

    /// The channel becomes active.
    func connect() throws {
        try channel.pipeline.syncOperations.addHandler(handler)
        channel.remoteAddress = try SocketAddress(ipAddress: "192.0.2.1", port: 50_000)
        channel.localAddress = try SocketAddress(ipAddress: "192.0.2.2", port: 5_555)
        channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 50_000), promise: nil)
        loop.run()
    }

    /// TLS is up.
    func shakeHands(alpn: String? = "p2pchat/1") throws {
        channel.pipeline.fireUserInboundEventTriggered(
            TLSSession(
                peer: try Self.presented(), alpn: alpn, version: "TLSv1.3",
                cipher: "TLS_AES_256_GCM_SHA384", group: "x25519",
                rendezvous: try #require(
                    RendezvousSecret(bytes: [UInt8](repeating: 9, count: 32)))))
        loop.run()
    }

    static func presented() throws -> PresentedCertificate {
        PresentedCertificate(
            fingerprint: try #require(Fingerprint(bytes: [UInt8](repeating: 7, count: 32))),
            commonName: "bob", keyType: .ed25519)
    }

    /// A native session that is open, with our hello read off the wire.
    static func open(
        limits: TransportConfiguration.Limits? = nil, beside other: SessionBench? = nil
    ) throws -> SessionBench {
        let bench = try SessionBench(limits: limits, beside: other)
        try bench.connect()
        try bench.shakeHands()
        try bench.receive(peersHello)
        _ = try bench.sent()
        return bench
    }

    static let peersHello =
        #"{"type":"hello","version":1,"username":"bob","port":5556,"features":[]}"# + "\n"

    /// Gives the session text, in one read or in reads of that many bytes.
    func receive(_ text: String, chunk: Int = .max) throws {
        var bytes = ByteBuffer(string: text)
        while bytes.readableBytes > 0,
            let part = bytes.readSlice(length: min(chunk, bytes.readableBytes))
        {
            try channel.writeInbound(part)
        }
        loop.run()
    }

    func pass(_ time: TimeAmount) { loop.advanceTime(by: time) }

    /// What was written since the last time, a text for each write.
    func writes() throws -> [String] {
        var all: [String] = []
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
            all.append(String(buffer: bytes))
        }
        return all
    }

    /// The frames in what was written since the last time.
    func sent() throws -> [Frame] {
        var decoder = FrameDecoder(lineLimit: WireLimits.line)
        var frames: [Frame] = []
        for text in try writes() {
            var bytes = ByteBuffer(string: text)
            decoder.append(&bytes)
            while let frame = try decoder.next() { frames.append(frame) }
        }
        let isCut = decoder.finish()
        #expect(!isCut, "a line without its end")
        return frames
    }

    /// The objects of the seed dialect in what was written since the last time: one for each write.
    func objects() throws -> [Frame] {
        try writes().map { text in
            var decoder = SeedDecoder()
            var bytes = ByteBuffer(string: text)
            decoder.append(&bytes)
            let frame = try #require(try decoder.next())
            let more = try decoder.next()
            #expect(more == nil, "more than one object in a write: \(text)")
            return frame
        }
    }

    var isClosed: Bool { !channel.isActive }
}

/// What the node was told, and what it does when it hears it.
final class NodeRecord: TransportDelegate {
    let pins = PinSet()
    private(set) var link: (any SessionLink)?
    private(set) var opened: [SessionDetails] = []
    private(set) var frames: [Frame] = []
    private(set) var unconfirmed: [MessageID] = []
    private(set) var closed: [String] = []
    private(set) var failures: [FailedAttempt] = []
    private(set) var failedDials: [String] = []
    /// The node never hears anything while it is at work itself.
    private var isAtWork = false

    var onOpened: (any SessionLink) -> Void = { _ in }
    var onFrames: (any SessionLink, [Frame]) -> Void = { _, _ in }
    var onUnconfirmed: (any SessionLink) -> Void = { _ in }

    func now() -> Double { 1_764_000_000 }
    func mayDial(_ dial: Dial) -> Bool { true }
    var shared = Rendezvous.off
    func rendezvous(with contact: Fingerprint) -> Rendezvous { shared }

    /// An intent of the user's.
    func act(_ body: (any SessionLink) throws -> Void) throws {
        let link = try #require(link)
        try work { try body(link) }
    }

    /// The node has let go of the session.
    func forgetLink() { link = nil }

    private func work<Value>(_ body: () throws -> Value) rethrows -> Value {
        #expect(!isAtWork, "called back from within a call of its own")
        isAtWork = true
        defer { isAtWork = false }
        return try body()
    }

    func sessionOpened(_ id: SessionID, _ details: SessionDetails, link: any SessionLink) {
        work {
            self.link = link
            opened.append(details)
            onOpened(link)
        }
    }

    func received(_ frames: [Frame], on id: SessionID) {
        work {
            self.frames += frames
            if let link { onFrames(link, frames) }
        }
    }

    func notConfirmed(_ message: MessageID, on id: SessionID, reason: String) {
        work {
            unconfirmed.append(message)
            if let link { onUnconfirmed(link) }
        }
    }

    func sessionClosed(_ id: SessionID, reason: String) { work { closed.append(reason) } }
    func attemptFailed(_ attempt: FailedAttempt) { work { failures.append(attempt) } }
    func dialFailed(_ dial: Dial, explanation: String) { work { failedDials.append(explanation) } }
}
