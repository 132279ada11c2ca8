import ChatCore
import ChatIdentity
import ChatTLS
import ChatTransport
import ChatValues
import ChatWire
import Foundation
import NIOCore
import Testing

/// Whom we dial and who is not the one: nothing is sent, and the user is told why, once.
@Suite struct OutboundRefusalTests {
    private struct Setup {
        let alice: LoopbackNode
        let bob: Identity
    }

    private static func setUp(
        limits: TransportConfiguration.Limits = LoopbackNode.patient
    ) async throws -> Setup {
        let alice = try await LoopbackNode.start("alice", limits: limits)
        let bob = try Identity.make(userName: UserName("bob"))
        try await alice.trust(bob)
        return Setup(alice: alice, bob: bob)
    }

    @Test func anotherContactThanTheOneDialled() async throws {
        let setup = try await Self.setUp()
        let carol = try await LoopbackNode.start("carol")
        try await setup.alice.trust(carol)
        try await carol.trust(setup.alice)
        try await setup.alice.node.connect(to: carol.address, expecting: "bob")
        let refusal = try await setup.alice.refused()
        #expect(refusal.reason == .wrongContact)
        #expect(refusal.direction == .outbound)
        #expect(refusal.fingerprint == carol.identity?.fingerprint)
        #expect(refusal.contact?.name == "bob")
        #expect(try await carol.refused().reason != .badHello)
        try await setup.alice.stop()
        try await carol.stop()
    }

    @Test func aStranger() async throws {
        let setup = try await Self.setUp()
        let stranger = try Identity.make(userName: UserName("mallory"))
        let listener = try await RawListener.start(as: stranger)
        try await setup.alice.node.connect(to: listener.address)
        let refusal = try await setup.alice.refused()
        #expect(refusal.reason == .unknownCertificate)
        #expect(refusal.direction == .outbound)
        #expect(refusal.fingerprint == stranger.fingerprint)
        let peer = try await listener.accept()
        #expect(try await peer.failure() == .refusedByPeer(TLSAlert(code: 48)))
        #expect(try await peer.received().readableBytes == 0)
        try await setup.alice.stop()
        try await listener.stop()
    }

    @Test func whoDoesNotKnowUs() async throws {
        let setup = try await Self.setUp()
        let bob = try await LoopbackNode.start("bob", identity: setup.bob)
        try await setup.alice.node.send("a secret", to: "bob")
        try await setup.alice.node.connect(to: bob.address, expecting: "bob")
        #expect(try await setup.alice.refused().reason == .refusedByPeer)
        #expect(try await bob.refused().reason == .unknownCertificate)
        try await setup.alice.stop()
        try await bob.stop()
        let events = try await bob.events.rest("bob")
        #expect(!events.contains { if case .message = $0 { true } else { false } })
    }

    @Test(arguments: [["-alpn", "p2pchat/1"], []])
    func whoDoesNotAskWhoWeAre(arguments: [String]) async throws {
        let setup = try await Self.setUp()
        try await withFolder(of: setup.bob) { folder in
            let (server, port) = try await OpenSSLProcess.server(arguments, in: folder)
            try await setup.alice.node.send("a secret", to: "bob")
            try await setup.alice.node.connect(
                to: PeerAddress(host: "127.0.0.1", port: port), expecting: "bob")
            #expect(try await setup.alice.refused().reason == .notAsked)
            try await setup.alice.stop()
            #expect(!server.printed.drain().joined().contains("secret"))
        }
    }

    /// A server without ALPN speaks the seed dialect, and says no only after a handshake that is
    /// complete for us. The message must wait, not be lost.
    @Test func whoRefusesUsAfterTheHandshake() async throws {
        let setup = try await Self.setUp()
        try await withFolder(of: setup.bob) { folder in
            let (server, port) = try await OpenSSLProcess.server(
                ["-Verify", "1", "-verify_return_error"], in: folder)
            try await setup.alice.node.send("a secret", to: "bob")
            try await setup.alice.node.connect(
                to: PeerAddress(host: "127.0.0.1", port: port), expecting: "bob")
            #expect(try await setup.alice.refused().reason == .refusedByPeer)
            try await setup.alice.stop()
            #expect(!server.printed.drain().joined().contains("secret"))
        }
        let events = try await setup.alice.events.rest("alice")
        #expect(!events.contains { if case .connected = $0 { true } else { false } })
        #expect(!events.contains { if case .failure = $0 { true } else { false } })
    }

    @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n"])
    func whoSpeaksNoTLS(text: String) async throws {
        let setup = try await Self.setUp()
        let listener = try await RawListener.start()
        try await setup.alice.node.connect(to: listener.address, expecting: "bob")
        let peer = try await listener.accept()
        peer.send(text)
        #expect(try await setup.alice.refused().reason == .notTLS)
        // A ClientHello has come, and no names in it.
        let received = String(buffer: try await peer.received())
        #expect(!received.contains("alice") && !received.contains("bob"))
        try await setup.alice.stop()
        try await listener.stop()
    }

    @Test(arguments: [true, false])
    func whoFallsSilent(inTLS: Bool) async throws {
        var limits = LoopbackNode.patient
        limits.establish = .milliseconds(300)
        let setup = try await Self.setUp(limits: limits)
        let listener = try await RawListener.start(as: inTLS ? setup.bob : nil)
        try await setup.alice.node.send("a secret", to: "bob")
        try await setup.alice.node.connect(to: listener.address, expecting: "bob")
        let refusal = try await setup.alice.refused()
        #expect(refusal.reason == .timeout)
        #expect(refusal.address == listener.address)
        let received = try await listener.accept().received()
        #expect(!String(buffer: received).contains("secret"))
        try await setup.alice.stop()
        try await listener.stop()
    }

    @Test func whoHangsUp() async throws {
        let setup = try await Self.setUp()
        let listener = try await RawListener.start()
        try await setup.alice.node.connect(to: listener.address, expecting: "bob")
        try await listener.accept().close()
        #expect(try await setup.alice.refused().reason == .closed)
        try await setup.alice.stop()
        try await listener.stop()
    }

    @Test func anotherVersionOfTheProtocol() async throws {
        let setup = try await Self.setUp()
        let listener = try await RawListener.start(as: setup.bob)
        try await setup.alice.node.connect(to: listener.address, expecting: "bob")
        let peer = try await listener.accept()
        peer.send(#"{"type":"hello","version":2,"username":"bob"}"# + "\n")
        #expect(try await setup.alice.refused().reason == .badHello)
        let frames = try await peer.frames()
        guard frames.count == 2, case .hello = frames[0], case .error(let error) = frames[1] else {
            Issue.record("got \(frames)")
            return
        }
        #expect(error.code == .unsupportedVersion)
        try await setup.alice.stop()
        try await listener.stop()
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func nobody(host: String) async throws {
        let setup = try await Self.setUp()
        // A port that was free a moment ago.
        let listener = try await RawListener.start()
        try await listener.stop()
        try await setup.alice.node.connect(
            to: PeerAddress(host: host, port: listener.address.port), expecting: "bob")
        let failure = try await setup.alice.failure()
        #expect(failure.code == .unreachable)
        #expect(failure.description.contains("refused the connection"))
        try await setup.alice.stop()
    }

    @Test func aNameThatDoesNotResolve() async throws {
        let setup = try await Self.setUp()
        try await setup.alice.node.connect(
            to: PeerAddress(host: "nobody.invalid", port: 5_555), expecting: "bob")
        let failure = try await setup.alice.failure()
        #expect(failure.code == .unreachable)
        #expect(failure.description.hasPrefix("There is no host \"nobody.invalid\""))
        try await setup.alice.stop()
    }

    @Test func ourselves() async throws {
        let setup = try await Self.setUp()
        try await setup.alice.node.connect(to: setup.alice.address)
        #expect(try await setup.alice.refused().reason == .ourselves)
        try await setup.alice.stop()
    }
}
