import ChatCore
import ChatIdentity
import ChatTransport
import ChatValues
import ChatWire
import NIOCore
import Testing

/// The end of the program.
@Suite struct StopTests {
    @Test func everybodyHearsGoodbye() async throws {
        let (alice, bob) = try await connectedPair()
        try await alice.stop()
        #expect(try await bob.disconnected() == "left")
        let last = try await alice.events.rest("alice").last
        guard case .stopped? = last else {
            Issue.record("the last event is \(String(describing: last))")
            return
        }
        try await bob.stop()
    }

    @Test func goodbyeIsTheLastFrameAndTLSEndsInOrder() async throws {
        let alice = try await LoopbackNode.start("alice")
        let bob = try Identity.make(userName: UserName("bob"))
        try await alice.trust(bob)
        let peer = try await RawPeer.greet(alice, as: bob)
        try await alice.node.send("the last message", to: "bob")
        try await alice.stop()
        let events = try await peer.events.rest("the end")
        #expect(!events.contains { if case .failed = $0 { true } else { false } })
        let text = events.reduce(into: "") { text, event in
            if case .bytes(let bytes) = event { text += String(buffer: bytes) }
        }
        let lines = text.split(separator: "\n")
        #expect(lines.last == #"{"type":"bye","reason":"quit"}"#)
        #expect(lines.contains { $0.contains("the last message") })
        #expect(lines.contains { $0.contains(#""action":"offline""#) })
    }

    /// Peers that do not read, that have not shaken hands, and that are still being dialled.
    @Test func nobodyCanHoldUsUp() async throws {
        let alice = try await LoopbackNode.start("alice")
        let bob = try Identity.make(userName: UserName("bob"))
        let carol = try Identity.make(userName: UserName("carol"))
        try await alice.trust(bob)
        try await alice.trust(carol)
        let deaf = try await RawPeer.dial(alice.address, as: bob, reads: false)
        deaf.send(#"{"type":"hello","version":1,"username":"bob"}"# + "\n")
        try await alice.connected()
        for _ in 0..<300 {
            try await alice.node.send(String(repeating: "x", count: 16_000), to: "bob")
        }
        let silent = try await RawPeer.dial(alice.address)
        let shaken = try await RawPeer.dial(alice.address, as: carol)
        try await shaken.events.next("our hello") { if case .bytes = $0 { true } else { nil } }
        let listener = try await RawListener.start()
        try await alice.node.connect(to: listener.address, expecting: "carol")
        let dialled = try await listener.accept()
        try await alice.stop()
        for peer in [silent, shaken, dialled] { try await peer.closed() }
        deaf.close()
        try await listener.stop()
        // A user who leaves is not told that somebody did not shake hands.
        let events = try await alice.events.rest("alice")
        #expect(!events.contains { if case .refused = $0 { true } else { false } })
        #expect(!events.contains { if case .failure = $0 { true } else { false } })
    }

    @Test func nobodyIsLetInAfterwards() async throws {
        let alice = try await LoopbackNode.start("alice")
        try await alice.stop()
        await #expect(throws: (any Error).self) { _ = try await RawPeer.dial(alice.address) }
    }

    @Test func inPlainTextTheConnectionJustEnds() async throws {
        let alice = try await LoopbackNode.start("alice", insecure: true)
        let peer = try await RawPeer.dial(alice.address)
        peer.send(#"{"sender": "bob", "content": "hi", "timestamp": 1}"#)
        #expect(try await alice.messages(1) == ["hi"])
        try await alice.stop()
        let text = String(buffer: try await peer.received())
        #expect(text.contains(SeedEncoder.ackContent))
        #expect(!text.contains("bye"))
    }
}
