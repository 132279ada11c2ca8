import ChatCore
import ChatIdentity
import ChatTLS
import ChatValues
import ChatWire
import NIOCore
import Testing

@testable import ChatTransport

/// Two sides that have a session come to one secret, or keep the one they have.
@Suite struct RendezvousTests {
    private func shared(_ node: LoopbackNode, with other: LoopbackNode) async throws
        -> RendezvousSecret?
    {
        let fingerprint = try #require(other.identity?.fingerprint)
        guard case .shared(let secret) = await node.node.rendezvous(with: fingerprint) else {
            return nil
        }
        return secret
    }

    @Test func theFirstSessionGivesBothTheSame() async throws {
        let (alice, bob) = try await connectedPair()
        let secret = try #require(try await shared(alice, with: bob))
        #expect(try await shared(bob, with: alice) == secret)
        try await alice.stop()
        try await bob.stop()
    }

    @Test func aSideThatHasLostItGetsBothANewOne() async throws {
        let (alice, bob) = try await connectedPair()
        let first = try #require(try await shared(alice, with: bob))
        let bobsIdentity = try #require(bob.identity)
        try await bob.stop()
        try await alice.disconnected()
        // Bob again, who remembers nothing.
        let anew = try await LoopbackNode.start("bob", identity: bobsIdentity)
        try await anew.trust(alice)
        try await anew.node.connect(to: alice.address, expecting: "alice")
        try await anew.connected()
        try await alice.connected()
        let second = try #require(try await shared(alice, with: anew))
        #expect(second != first)
        #expect(try await shared(anew, with: alice) == second)
        try await alice.stop()
        try await anew.stop()
    }

    /// What our hello says, and what the peer's makes of it.
    private func outcome(
        ours: Rendezvous, theirs: String?
    ) throws -> (sent: String?, new: RendezvousSecret?) {
        let bench = try SessionBench()
        bench.node.shared = ours
        try bench.connect()
        try bench.shakeHands()
        guard case .hello(let hello)? = try bench.sent().first else { throw WireError.notAHello }
        let member = theirs.map { #","rendezvous":"\#($0)""# } ?? ""
        try bench.receive(#"{"type":"hello","version":1,"username":"bob"\#(member)}"# + "\n")
        return (hello.rendezvous, try #require(bench.node.opened.first).newRendezvous)
    }

    @Test func whatBothHaveStays() throws {
        let secret = try #require(RendezvousSecret(bytes: [UInt8](repeating: 4, count: 32)))
        let name = try secret.name()
        let kept = try outcome(ours: .shared(secret), theirs: name)
        #expect(kept.sent == name)
        #expect(kept.new == nil)
        #expect(try outcome(ours: .shared(secret), theirs: "0123456789abcdef").new != nil)
        #expect(try outcome(ours: .shared(secret), theirs: "none").new != nil)
        #expect(try outcome(ours: .none, theirs: name).new != nil)
        #expect(try outcome(ours: .none, theirs: "none").new != nil)
    }

    @Test func whoDoesNotKnowOfItHasNone() throws {
        #expect(try outcome(ours: .none, theirs: nil).new == nil)
        let off = try outcome(ours: .off, theirs: "none")
        #expect(off.sent == nil)
        #expect(off.new == nil)
    }
}

extension WireError {
    fileprivate static let notAHello = WireError(code: .badFrame, reason: "Not a hello.")
}

@Suite struct LinkScopeTests {
    @Test func anAddressOfALinkKeepsTheLink() throws {
        let loopback = PeerAddress(host: "fe80::1%lo", port: 5_555)
        let address = try #require(SocketAddress(numeric: loopback))
        #expect(PeerAddress(address) == loopback)
        #expect(SocketAddress(numeric: PeerAddress(host: "fe80::1%no-such-link", port: 1)) == nil)
        #expect(SocketAddress(numeric: PeerAddress(host: "bob.example", port: 1)) == nil)
    }

    @Test func othersHaveNone() throws {
        for host in ["192.0.2.1", "2001:db8::1"] {
            let place = PeerAddress(host: host, port: 1)
            #expect(PeerAddress(SocketAddress(numeric: place)) == place)
        }
    }
}
