import ChatCore
import ChatIdentity
import ChatTransport
import ChatValues
import ChatWire
import NIOCore
import Testing

/// A contact that means harm, over real sockets. The error frame must reach it although it is
/// still sending: closing with unread input would reset the connection.
@Suite struct HostilePeerTests {
    private static let breaches: [(line: ByteBuffer, code: ErrorFrame.Code)] = [
        (ByteBuffer(bytes: Array(#"{"type":"x","a":"#.utf8) + [0x22, 0xFF, 0x22, 0x7D]), .notUTF8),
        (ByteBuffer(bytes: Array(#"{"type":"ping"}"#.utf8).flatMap { [$0, 0] }), .nul),
        (ByteBuffer(string: "\u{FEFF}{}"), .byteOrderMark),
        (ByteBuffer(string: "{\"type\":\"x\0\"}"), .nul),
        (ByteBuffer(string: String(repeating: "[", count: 60_000)), .tooDeep),
        (ByteBuffer(string: #"{"type":"x","type":"y"}"#), .duplicateKey),
        (ByteBuffer(string: "[]"), .notAnObject),
        (ByteBuffer(string: "hello"), .badJSON),
        (ByteBuffer(string: #"{"type":"message"}"#), .badFrame),
        (
            ByteBuffer(
                string: #"{"type":"message","sender":"m","timestamp":1,"content":""#
                    + String(repeating: "x", count: 16_385) + #""}"#), .contentTooLong
        ),
        (ByteBuffer(string: #"{"type":"hello","version":1,"username":"m"}"#), .unexpectedFrame),
    ]

    private struct Setup {
        let alice: LoopbackNode
        let mallory: Identity
    }

    private static func setUp() async throws -> Setup {
        let alice = try await LoopbackNode.start("alice")
        let mallory = try Identity.make(userName: UserName("mallory"))
        try await alice.trust(mallory)
        return Setup(alice: alice, mallory: mallory)
    }

    private static func errorCode(in frames: [Frame]) -> ErrorFrame.Code? {
        guard case .error(let error)? = frames.last else { return nil }
        return error.code
    }

    @Test func everyBreachIsAnsweredWithItsReason() async throws {
        let setup = try await Self.setUp()
        for (line, code) in Self.breaches {
            let peer = try await RawPeer.greet(setup.alice, as: setup.mallory)
            var bytes = line
            bytes.writeString("\n")
            // And it goes on talking.
            for _ in 0..<2_000 { bytes.writeString(#"{"type":"typing","active":true}"# + "\n") }
            peer.send(bytes)
            #expect(Self.errorCode(in: try await peer.frames()) == code)
            let reason = try await setup.alice.disconnected()
            #expect(reason.hasPrefix("it broke the protocol: "))
        }
        try await setup.alice.stop()
    }

    @Test func sixteenMebibytesWithoutALineFeed() async throws {
        let setup = try await Self.setUp()
        let bob = try Identity.make(userName: UserName("bob"))
        try await setup.alice.trust(bob)
        let other = try await RawPeer.greet(setup.alice, as: bob)
        let peer = try await RawPeer.greet(setup.alice, as: setup.mallory)
        peer.send(ByteBuffer(repeating: UInt8(ascii: "x"), count: 16 << 20))
        let events = try await peer.events.rest("the end")
        // What has arrived before the end is an error frame, or nothing where it came as a reset.
        let frames = events.compactMap { event -> String? in
            if case .bytes(let bytes) = event { String(buffer: bytes) } else { nil }
        }
        #expect(frames.joined().contains("line-too-long"))
        try await setup.alice.disconnected()
        // Nobody else notices.
        other.send(
            #"{"type":"message","sender":"bob","content":"still here","timestamp":1}"# + "\n")
        #expect(try await setup.alice.messages(1) == ["still here"])
        try await setup.alice.stop()
    }

    @Test func aLastWordIsTheLast() async throws {
        let setup = try await Self.setUp()
        let peer = try await RawPeer.greet(setup.alice, as: setup.mallory)
        peer.send(
            #"{"type":"bye","reason":"quit"}"# + "\n"
                + #"{"type":"message","sender":"m","content":"late","timestamp":1}"#
                + "\nnonsense\n")
        let frames = try await peer.frames()
        #expect(Self.errorCode(in: frames) == nil)
        #expect(try await setup.alice.disconnected() == "left")
        try await setup.alice.stop()
        let events = try await setup.alice.events.rest("alice")
        #expect(!events.contains { if case .message = $0 { true } else { false } })
    }
}
