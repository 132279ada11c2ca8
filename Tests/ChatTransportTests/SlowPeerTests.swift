import ChatCore
import ChatIdentity
import ChatTransport
import ChatValues
import ChatWire
import NIOCore
import Testing

/// Peers and front ends that do not keep up.
@Suite struct SlowPeerTests {
    private static let long = String(repeating: "x", count: 16_000)

    @Test func aPeerThatNeverReadsHoldsUpNobody() async throws {
        let (alice, bob) = try await connectedPair()
        let mallory = try Identity.make(userName: UserName("mallory"))
        try await alice.trust(mallory)
        let peer = try await RawPeer.dial(alice.address, as: mallory, reads: false)
        peer.send(#"{"type":"hello","version":1,"username":"mallory"}"# + "\n")
        try await alice.connected()
        for _ in 0..<500 { try await alice.node.send(Self.long, to: "mallory") }
        for number in 0..<100 {
            try await alice.node.send("to bob \(number)", to: "bob")
            try await bob.node.send("to alice \(number)", to: "alice")
        }
        #expect(try await bob.messages(100) == (0..<100).map { "to bob \($0)" })
        #expect(try await alice.messages(100) == (0..<100).map { "to alice \($0)" })
        try await bob.stop()
        // Its socket is full, and we leave all the same.
        try await alice.stop()
        peer.close()
        let events = try await alice.events.rest("alice")
        #expect(
            !events.contains {
                if case .delivered(let status) = $0 { status.peer.name == "mallory" } else { false }
            })
    }

    /// Each side's own words must not keep it from reading the other's.
    @Test func twoWhoBothWriteMuchBothArrive() async throws {
        let (alice, bob) = try await connectedPair()
        for _ in 0..<300 {
            try await alice.node.send(Self.long, to: "bob")
            try await bob.node.send(Self.long, to: "alice")
        }
        async let toBob = bob.messages(300)
        async let toAlice = alice.messages(300)
        #expect(try await toBob.allSatisfy { $0 == Self.long })
        #expect(try await toAlice.allSatisfy { $0 == Self.long })
        try await alice.stop()
        try await bob.stop()
    }

    /// While nobody takes alice's events, little is read from bob; then all of it, in order.
    @Test func aFrontEndThatIsLateLosesNothing() async throws {
        let alice = try await LoopbackNode.start("alice", isRead: false)
        let bob = try await LoopbackNode.start("bob")
        try await alice.trust(bob)
        try await bob.trust(alice)
        try await bob.node.connect(to: alice.address, expecting: "alice")
        try await bob.connected()
        for number in 0..<5_000 { try await bob.node.send("\(number)", to: "alice") }
        // More than alice's queue of events holds before she stops reading.
        for _ in 0..<2_000 {
            try await bob.events.next("a delivery") {
                if case .delivered = $0 { true } else { nil }
            }
        }
        alice.beginReading()
        #expect(try await alice.messages(5_000) == (0..<5_000).map { "\($0)" })
        let events = alice.events.drain()
        #expect(!events.contains { if case .disconnected = $0 { true } else { false } })
        try await alice.stop()
        try await bob.stop()
    }
}
