import ChatCore
import ChatIdentity
import ChatTLS
import ChatValues
import ChatWire
import NIOCore
import NIOEmbedded

/// The same work over and over, in memory and in one thread, for a program that counts
/// instructions.
enum Instructions {
    static func run(_ options: Options) async throws {
        let count = try options.number("count")
        switch try options.text("what") {
        case "encode": encode(count)
        case "decode": try decode(count)
        case "record": try records(count)
        case "handshake": try handshakes(count)
        case "node": try await NodePair.run(count, window: 1)
        case "stream": try await NodePair.run(count, window: 512)
        case let what: throw Complaint("\(what)= can't be counted")
        }
    }

    private static func message(_ id: MessageID) -> Frame {
        .message(
            Message(
                id: id, sender: "alice", content: Conversation.text,
                timestamp: 1_764_000_000.251234))
    }

    /// A message and its receipt become bytes.
    private static func encode(_ count: Int) {
        let id = MessageID.random()
        var total = 0
        for _ in 0..<count {
            var buffer = ByteBuffer()
            buffer.writeFrame(message(id))
            buffer.writeFrame(.receipt(Receipt(id: id, state: .delivered)))
            total += buffer.readableBytes
        }
        precondition(total > 0)
    }

    /// A message and its receipt are read from bytes.
    private static func decode(_ count: Int) throws {
        let id = MessageID.random()
        var lines = ByteBuffer()
        lines.writeFrame(message(id))
        lines.writeFrame(.receipt(Receipt(id: id, state: .delivered)))
        var decoder = FrameDecoder(lineLimit: WireLimits.line)
        var found = 0
        for _ in 0..<count {
            var copy = lines
            decoder.append(&copy)
            while case .some = try decoder.next() { found += 1 }
        }
        guard found == 2 * count else { throw Complaint("frames are missing") }
    }

    /// A line of 240 bytes goes from one TLS handler to the other.
    private static func records(_ count: Int) throws {
        let pair = try TLSPair()
        let line = ByteBuffer(repeating: UInt8(ascii: "x"), count: 240)
        for _ in 0..<count {
            try pair.client.writeOutbound(line)
            try pair.pump()
            guard try pair.server.readInbound(as: ByteBuffer.self)?.readableBytes == 240 else {
                throw Complaint("a record is missing")
            }
        }
    }

    /// A TLS handshake, both sides of it.
    private static func handshakes(_ count: Int) throws {
        let contexts = try TLSPair.contexts()
        for _ in 0..<count { _ = try TLSPair(contexts) }
    }
}

/// Two TLS handlers, and bytes that are carried between them.
private struct TLSPair {
    let client = EmbeddedChannel()
    let server = EmbeddedChannel()

    static func contexts() throws -> (TLSContext, TLSContext) {
        (
            try TLSContext(identity: .make(userName: UserName("alice"))),
            try TLSContext(identity: .make(userName: UserName("bob")))
        )
    }

    init() throws { try self.init(Self.contexts()) }

    init(_ contexts: (client: TLSContext, server: TLSContext)) throws {
        let sides = [(client, contexts.client, TLSSide.client), (server, contexts.server, .server)]
        for (channel, context, side) in sides {
            try channel.pipeline.syncOperations.addHandler(
                TLSHandler(context: context, side: side) { _ in true })
            try channel.connect(to: SocketAddress(unixDomainSocketPath: "in memory")).wait()
        }
        try pump()
    }

    func pump() throws {
        while true {
            let there = try carry(from: client, to: server)
            let back = try carry(from: server, to: client)
            guard there || back else { return }
        }
    }

    private func carry(from: EmbeddedChannel, to: EmbeddedChannel) throws -> Bool {
        var moved = false
        while let bytes = try from.readOutbound(as: ByteBuffer.self) {
            try to.writeInbound(bytes)
            moved = true
        }
        return moved
    }
}
