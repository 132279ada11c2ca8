import ChatCore
import ChatTransport
import ChatWire
import Foundation
import NIOCore
import Testing

/// The seed dialect over real sockets: a listener and a sender as the seed program has them.
@Suite struct PlainSocketTests {
    private static func said(_ content: String) -> String {
        #"{"sender": "bob", "content": "\#(content)", "timestamp": 2.5}"#
    }
    private static let ack = said(SeedEncoder.ackContent)

    /// Closing a socket with input unread resets the connection, and a reset may overtake the ack.
    @Test func theAckArrivesWhenNonsenseFollows() async throws {
        let alice = try await LoopbackNode.start("alice", insecure: true)
        for _ in 0..<20 {
            let peer = try await RawPeer.dial(alice.address)
            peer.send(Self.said("hello") + "nonsense" + String(repeating: "x", count: 300_000))
            #expect(try await alice.messages(1) == ["hello"])
            let events = try await peer.events.rest("the end")
            #expect(!events.contains { if case .broken = $0 { true } else { false } })
            let received = events.reduce(into: "") { text, event in
                if case .bytes(let bytes) = event { text += String(buffer: bytes) }
            }
            #expect(received.contains(SeedEncoder.ackContent))
        }
        try await alice.stop()
    }

    /// Who never hangs up does not keep the connection.
    @Test func whoGoesOnTalkingAfterTheEndIsCut() async throws {
        let alice = try await LoopbackNode.start("alice", insecure: true)
        let peer = try await RawPeer.dial(alice.address)
        peer.send("nonsense")
        #expect(try await alice.refused().reason == .badHello)
        peer.send(ByteBuffer(repeating: 0x78, count: 8 << 20))
        try await peer.closed()
        try await alice.stop()
    }

    /// A sender: one connection, one object, one ack.
    @Test func aConnectionForEachMessage() async throws {
        let alice = try await LoopbackNode.start("alice", insecure: true)
        for number in 0..<20 {
            let peer = try await RawPeer.dial(alice.address)
            peer.send(Self.said("\(number)"))
            try await peer.events.next("the ack") {
                if case .bytes(let bytes) = $0 {
                    String(buffer: bytes).contains(SeedEncoder.ackContent) ? true : nil
                } else {
                    nil
                }
            }
            peer.close()
        }
        #expect(try await alice.messages(20) == (0..<20).map { "\($0)" })
        try await alice.stop()
    }

    /// A listener that closes with each ack: each message gets a connection of its own, and each
    /// arrives.
    @Test func aListenerThatClosesAfterItsAck() async throws {
        let alice = try await LoopbackNode.start("alice", insecure: true)
        let listener = try await RawListener.start()
        var heard: [String] = []
        for number in 0..<10 {
            try await alice.node.send("\(number)", to: "\(listener.address)")
            let peer = try await listener.accept()
            heard.append(
                try await peer.events.next("a message") { event in
                    guard case .bytes(var bytes) = event else { return nil }
                    var decoder = SeedDecoder()
                    decoder.append(&bytes)
                    guard case .message(let message)? = try decoder.next() else { return nil }
                    return message.content
                })
            peer.send(Self.ack)
            try await alice.events.next("a delivery") {
                if case .delivered = $0 { true } else { nil }
            }
            peer.close()
            try await alice.disconnected()
        }
        #expect(heard == (0..<10).map { "\($0)" })
        try await alice.stop()
        try await listener.stop()
    }

    /// The listener is gone before it has read the object.
    @Test func aLostAckIsNoDelivery() async throws {
        let alice = try await LoopbackNode.start("alice", insecure: true)
        let listener = try await RawListener.start()
        try await alice.node.send("hello?", to: "\(listener.address)")
        let peer = try await listener.accept()
        try await peer.events.next("the message") { if case .bytes = $0 { true } else { nil } }
        peer.close()
        #expect(try await alice.failure().code == .unconfirmed)
        try await alice.stop()
        try await listener.stop()
    }
}
