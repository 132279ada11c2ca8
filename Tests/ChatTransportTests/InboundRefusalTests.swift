import ChatCore
import ChatIdentity
import ChatTLS
import ChatTransport
import ChatValues
import ChatWire
import Foundation
import NIOCore
import TestSupport
import Testing

/// Who comes in and may not stay: each is told why, as far as it can be told, and so are we.
@Suite struct InboundRefusalTests {
    private static func stranger(_ name: String = "mallory") throws -> Identity {
        try Identity.make(userName: UserName(name))
    }

    private static func hurried(
        _ establish: TimeAmount = .milliseconds(300)
    ) -> TransportConfiguration.Limits {
        var limits = LoopbackNode.patient
        limits.establish = establish
        return limits
    }

    @Test func anUnknownCertificate() async throws {
        let alice = try await LoopbackNode.start("alice")
        let stranger = try Self.stranger()
        let peer = try await RawPeer.dial(alice.address, as: stranger)
        let refusal = try await alice.refused()
        #expect(refusal.reason == .unknownCertificate)
        #expect(refusal.direction == .inbound)
        #expect(refusal.fingerprint == stranger.fingerprint)
        #expect(refusal.address?.host == "127.0.0.1")
        let failure = try await peer.failure()
        #expect(failure == .refusedByPeer(TLSAlert(code: 48)))
        #expect(try await peer.received().readableBytes == 0)
        try await alice.stop()
    }

    @Test func aContactsNameWithAnotherCertificate() async throws {
        let alice = try await LoopbackNode.start("alice")
        try await alice.trust(try Self.stranger("bob"))
        let peer = try await RawPeer.dial(alice.address, as: try Self.stranger("bob"))
        #expect(try await alice.refused().reason == .changedCertificate)
        #expect(try await peer.received().readableBytes == 0)
        try await alice.stop()
    }

    @Test func noCertificate() async throws {
        let alice = try await LoopbackNode.start("alice")
        let client = try await withFolder(of: try Self.stranger()) { folder in
            let client = try OpenSSLProcess(
                ["s_client", "-connect", "\(alice.address)", "-alpn", "p2pchat/1"], in: folder)
            #expect(try await alice.refused().reason == .noCertificate)
            return client
        }
        _ = try await client.expect("certificate required")
        try await alice.stop()
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
        #"{"sender": "bob", "content": "hi", "timestamp": 1}"#,
    ])
    func plainText(text: String) async throws {
        let alice = try await LoopbackNode.start("alice")
        let peer = try await RawPeer.dial(alice.address)
        peer.send(text)
        #expect(try await alice.refused().reason == .notTLS)
        try await peer.closed()
        try await alice.stop()
    }

    /// Whatever comes, one refusal, and the next caller is served.
    @Test func randomBytes() async throws {
        let alice = try await LoopbackNode.start("alice")
        let bob = try Self.stranger("bob")
        try await alice.trust(bob)
        var generator = SeededGenerator(seed: 7)
        for round in 0..<40 {
            let peer = try await RawPeer.dial(alice.address)
            var bytes = (0..<600).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Half of them look like a handshake record at first.
            if round % 2 == 0 { bytes.replaceSubrange(0..<5, with: [22, 3, 1, 1, 200]) }
            peer.send(ByteBuffer(bytes: bytes))
            let reason = try await alice.refused().reason
            #expect([.notTLS, .handshakeFailed, .protocolMismatch].contains(reason))
            try await peer.closed()
        }
        _ = try await RawPeer.greet(alice, as: bob)
        try await alice.stop()
    }

    @Test func silence() async throws {
        let alice = try await LoopbackNode.start("alice", limits: Self.hurried())
        let peer = try await RawPeer.dial(alice.address)
        #expect(try await alice.refused().reason == .timeout)
        #expect(try await peer.received().readableBytes == 0)
        try await alice.stop()
    }

    @Test func halfAHandshake() async throws {
        let alice = try await LoopbackNode.start("alice", limits: Self.hurried())
        let peer = try await RawPeer.dial(alice.address)
        peer.send(ByteBuffer(bytes: [22, 3, 1, 1, 0, 1]))
        #expect(try await alice.refused().reason == .timeout)
        try await peer.closed()
        try await alice.stop()
    }

    @Test func aHandshakeAndNoHello() async throws {
        // Long enough for a handshake on a loaded machine.
        let alice = try await LoopbackNode.start("alice", limits: Self.hurried(.seconds(2)))
        let bob = try Self.stranger("bob")
        try await alice.trust(bob)
        let peer = try await RawPeer.dial(alice.address, as: bob)
        #expect(try await alice.refused().reason == .timeout)
        let frames = try await peer.frames()
        guard frames.count == 2, case .hello = frames[0], case .error(let error) = frames[1] else {
            Issue.record("got \(frames)")
            return
        }
        #expect(error.code.rawValue == "timeout")
        try await alice.stop()
    }

    @Test func aHandshakeThatIsBrokenOff() async throws {
        let alice = try await LoopbackNode.start("alice")
        let peer = try await RawPeer.dial(alice.address)
        peer.send(ByteBuffer(bytes: [22, 3, 1, 1, 0, 1]))
        peer.close()
        #expect(try await alice.refused().reason == .closed)
        try await alice.stop()
    }
}
