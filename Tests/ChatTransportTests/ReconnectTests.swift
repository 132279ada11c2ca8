import ChatCore
import ChatTransport
import Testing

/// Contacts that go and come back, over real sockets.
@Suite struct ReconnectTests {
    @Test func aContactThatComesBackIsFoundAndGetsWhatWaits() async throws {
        let (alice, bob) = try await connectedPair()
        try await bob.stop()
        #expect(try await alice.disconnected() == "left")
        try await alice.node.send("while you were out", to: "bob")
        let again = try await LoopbackNode.start(
            "bob", port: bob.address.port, identity: bob.identity)
        try await again.trust(alice)
        #expect(try await again.messages(1) == ["while you were out"])
        try await alice.events.next("a delivery") { if case .delivered = $0 { true } else { nil } }
        try await alice.stop()
        try await again.stop()
    }

    @Test func aContactIsTriedUntilItIsThere() async throws {
        let alice = try await LoopbackNode.start("alice")
        let bob = try await LoopbackNode.start("bob")
        try await alice.trust(bob)
        try await bob.stop()
        try await alice.node.connect(to: bob.address, expecting: "bob")
        #expect(try await alice.failure().code == .unreachable)
        let again = try await LoopbackNode.start(
            "bob", port: bob.address.port, identity: bob.identity)
        try await again.trust(alice)
        try await alice.connected()
        try await alice.stop()
        try await again.stop()
    }

    /// Bob lets alice in and hangs up, again and again.
    @Test func aPeerThatHangsUpIsDialledAgain() async throws {
        let alice = try await LoopbackNode.start("alice")
        let bob = try await LoopbackNode.start("bob")
        let identity = try #require(bob.identity)
        try await bob.stop()
        try await alice.trust(bob)
        let listener = try await RawListener.start(as: identity)
        try await alice.node.connect(to: listener.address, expecting: "bob")
        for _ in 0..<4 {
            let peer = try await listener.accept()
            peer.send(#"{"type":"hello","version":1,"username":"bob"}"# + "\n")
            try await alice.connected()
            peer.close()
            try await alice.disconnected()
        }
        try await alice.stop()
        try await listener.stop()
    }
}
