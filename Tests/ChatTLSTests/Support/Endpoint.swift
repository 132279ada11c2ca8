import ChatIdentity
import ChatTLS
import ChatValues
import NIOCore
import NIOEmbedded

/// One side: an embedded channel with the TLS handler and a recorder on it.
final class Endpoint {
    let channel = EmbeddedChannel()
    let recorder = Recorder()

    init(
        _ side: TLSSide, _ context: TLSContext,
        decide: @escaping @Sendable (PresentedCertificate) -> Bool
    ) throws {
        try channel.pipeline.syncOperations.addHandlers([
            TLSHandler(context: context, side: side, decide: decide), recorder,
        ])
    }

    convenience init(
        _ side: TLSSide, _ identity: Identity,
        decide: @escaping @Sendable (PresentedCertificate) -> Bool
    ) throws {
        try self.init(side, TLSContext(identity: identity), decide: decide)
    }

    convenience init(_ side: TLSSide, _ identity: Identity, pins: Fingerprint...) throws {
        try self.init(side, identity) { pins.contains($0.fingerprint) }
    }

    func connect() throws {
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).now()
    }

    /// The network has ended the connection.
    func hangUp() {
        if channel.isActive { channel.pipeline.fireChannelInactive() }
    }

    func takeOutbound() throws -> ByteBuffer {
        var all = ByteBuffer()
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
            all.writeImmutableBuffer(bytes)
        }
        return all
    }

    /// Gives the channel ciphertext, in one read or in reads of that many bytes.
    func receive(_ bytes: ByteBuffer, chunk: Int? = nil) throws {
        var bytes = bytes
        while let part = bytes.readSlice(length: min(chunk ?? .max, bytes.readableBytes)),
            part.readableBytes > 0
        {
            try channel.writeInbound(part)
        }
    }

    @discardableResult
    func send(_ text: String) -> EventLoopFuture<Void> {
        channel.writeAndFlush(ByteBuffer(string: text))
    }
}

/// Two endpoints that pin each other.
struct Pair {
    let client: Endpoint
    let server: Endpoint

    init(client: KeyType = .ed25519, server: KeyType = .ed25519) throws {
        let alice = try Identity.make(userName: UserName("alice"), keyType: client)
        let bob = try Identity.make(userName: UserName("bob"), keyType: server)
        try self.init(
            Endpoint(.client, alice, pins: bob.fingerprint),
            Endpoint(.server, bob, pins: alice.fingerprint))
    }

    init(_ client: Endpoint, _ server: Endpoint) {
        self.client = client
        self.server = server
    }

    func connect(chunk: Int? = nil) throws {
        try server.connect()
        try client.connect()
        try shuttle(chunk: chunk)
    }

    /// Carries bytes both ways until neither side has any left.
    func shuttle(chunk: Int? = nil) throws {
        while true {
            let up = try client.takeOutbound()
            if up.readableBytes > 0 { try server.receive(up, chunk: chunk) }
            let down = try server.takeOutbound()
            if down.readableBytes > 0 { try client.receive(down, chunk: chunk) }
            if up.readableBytes == 0, down.readableBytes == 0 { return }
        }
    }
}

/// The TLS records in a stream of them: the type of each, and its length with the header.
func records(in stream: ByteBuffer) -> [(type: UInt8, length: Int)] {
    var stream = stream
    var found: [(type: UInt8, length: Int)] = []
    while let type = stream.readInteger(as: UInt8.self), stream.readSlice(length: 2) != nil,
        let length = stream.readInteger(as: UInt16.self),
        stream.readSlice(length: Int(length)) != nil
    {
        found.append((type, Int(length) + 5))
    }
    return found
}

/// Bytes that look like nothing in particular and are the same in every run.
func pattern(_ count: Int) -> ByteBuffer {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    return ByteBuffer(
        bytes: (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        })
}
