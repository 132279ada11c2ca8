import ChatCore
import ChatIdentity
import ChatValues
import NIOCore
import Testing

@testable import ChatTransport

/// More connections than there may be, over real sockets.
@Suite struct FloodTests {
    private static func limits(
        unfinished: Int = 256, perAddress: Int = 64
    ) -> TransportConfiguration.Limits {
        var limits = LoopbackNode.patient
        // Only the bound ends them.
        limits.establish = .minutes(10)
        limits.unfinished = unfinished
        limits.unfinishedPerAddress = perAddress
        return limits
    }

    @Test func aContactGetsInThroughThreeHundredThatNeverSpeak() async throws {
        let alice = try await LoopbackNode.start("alice", limits: Self.limits())
        let bob = try Identity.make(userName: UserName("bob"))
        try await alice.trust(bob)
        var silent: [RawPeer] = []
        for _ in 0..<300 { silent.append(try await RawPeer.dial(alice.address)) }
        // The oldest have made room, each of them told to the user, or counted, as overloaded.
        for peer in silent.prefix(300 - 64) { try await peer.closed() }
        #expect(try await alice.refused().reason == .overloaded)
        let contact = try await RawPeer.greet(alice, as: bob)
        contact.send(
            #"{"type":"message","sender":"bob","content":"through the crowd","timestamp":1}"# + "\n"
        )
        #expect(try await alice.messages(1) == ["through the crowd"])
        // One more went for the contact, and the contact counts no longer.
        try await silent[300 - 64].closed()
        #expect(try await alice.transport.connectionCount() == 64)
        contact.close()
        try await contact.closed()
        try await alice.stop()
        for peer in silent { try await peer.closed() }
    }

    /// Contacts whose hello does not come are bounded as well, but no stranger displaces them.
    @Test func aStrangerDoesNotDisplaceAContactThatIsSlow() async throws {
        let alice = try await LoopbackNode.start("alice", limits: Self.limits(perAddress: 4))
        let bob = try Identity.make(userName: UserName("bob"))
        try await alice.trust(bob)
        let slow = try await RawPeer.dial(alice.address, as: bob)
        try await slow.events.next("our hello") { if case .bytes = $0 { true } else { nil } }
        var silent: [RawPeer] = []
        for _ in 0..<20 { silent.append(try await RawPeer.dial(alice.address)) }
        for peer in silent.prefix(17) { try await peer.closed() }
        slow.send(#"{"type":"hello","version":1,"username":"bob"}"# + "\n")
        try await alice.connected()
        try await alice.stop()
    }

    /// What is refused lingers to get its alert out, and counts until it is gone.
    @Test func refusedConnectionsAreBoundedAsWell() async throws {
        let alice = try await LoopbackNode.start("alice", limits: Self.limits(perAddress: 8))
        for _ in 0..<50 {
            let peer = try await RawPeer.dial(alice.address, reads: false)
            peer.send("this is no TLS at all\n")
        }
        for _ in 0..<50 { #expect(try await alice.refused().reason == .notTLS) }
        #expect(try await alice.transport.connectionCount() <= 8)
        try await alice.stop()
    }
}
