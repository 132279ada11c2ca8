import COpenSSL
import ChatIdentity
import ChatTLS
import ChatValues
import NIOCore
import NIOEmbedded
import Testing

/// What is not accepted is refused in the handshake: an alert goes out, the channel closes, and not
/// one byte of application data is passed up or sent.
@Suite struct RefusalTests {
    let bob: Identity

    init() throws {
        bob = try Identity.make(userName: UserName("bob"))
    }

    /// The endpoint has given up with that failure, and let nothing through.
    private func expectRefusal(
        _ endpoint: Endpoint, _ failure: TLSFailure, location: SourceLocation = #_sourceLocation
    ) {
        let recorder = endpoint.recorder
        #expect(recorder.failures == [failure], sourceLocation: location)
        #expect(recorder.errors.count == 1, sourceLocation: location)
        #expect(recorder.received.readableBytes == 0, sourceLocation: location)
        #expect(recorder.sessions.isEmpty, sourceLocation: location)
        #expect(!endpoint.channel.isActive, sourceLocation: location)
        #expect(recorder.inactiveCount == 1 && recorder.late.isEmpty, sourceLocation: location)
    }

    @Test func anUnknownClientIsRefusedAndIsTold() throws {
        let alice = try Identity.make(userName: UserName("alice"))
        let pair = try Pair(
            Endpoint(.client, alice, pins: bob.fingerprint), Endpoint(.server, bob))
        pair.client.send("secret")
        let reply = pair.server.send("reply")
        try pair.connect()
        expectRefusal(
            pair.server,
            .unpinned(
                PresentedCertificate(
                    fingerprint: alice.fingerprint, commonName: "alice", keyType: .ed25519)))
        #expect(throws: TLSFailure.self) { try reply.now() }
        // The client had finished by its own lights, and is told on its first read.
        #expect(pair.client.recorder.sessions.count == 1)
        #expect(pair.client.recorder.failures == [.refusedByPeer(TLSAlert(code: 48))])
        #expect(pair.client.recorder.received.readableBytes == 0)
        #expect(!pair.client.channel.isActive)
    }

    @Test func anUnknownServerIsRefusedAndIsTold() throws {
        let alice = try Identity.make(userName: UserName("alice"))
        let pair = try Pair(
            Endpoint(.client, alice), Endpoint(.server, bob, pins: alice.fingerprint))
        let secret = pair.client.send("secret")
        try pair.connect()
        expectRefusal(
            pair.client,
            .unpinned(
                PresentedCertificate(
                    fingerprint: bob.fingerprint, commonName: "bob", keyType: .ed25519)))
        expectRefusal(pair.server, .refusedByPeer(TLSAlert(code: 48)))
        #expect(throws: TLSFailure.self) { try secret.now() }
    }

    @Test func aClientWithoutACertificateIsRefused() throws {
        let peer = try RawPeer(.client, nil)
        let server = try Endpoint(.server, bob) { _ in true }
        try server.connect()
        try peer.shuttle(with: server)
        expectRefusal(server, .noCertificate)
        #expect(peer.alert == 116)
    }

    @Test(arguments: [TLSSide.client, .server])
    func aCertificateWithoutItsKeyIsRefused(side: TLSSide) throws {
        let victim = try Identity.make(userName: UserName("victim"))
        let forger = try ForeignIdentity(showing: victim.certificate.x509, holding: .ed25519)
        let peer = try RawPeer(side, forger, forging: true)
        let endpoint = try Endpoint(
            side == .client ? .server : .client, bob, pins: victim.fingerprint)
        endpoint.send("secret")
        try endpoint.connect()
        try peer.shuttle(with: endpoint)
        expectRefusal(
            endpoint,
            .keyNotProven(
                PresentedCertificate(
                    fingerprint: victim.fingerprint, commonName: "victim", keyType: .ed25519)))
        #expect(peer.alert == 51)
        #expect(peer.received.readableBytes == 0)
    }

    @Test(arguments: [ForeignIdentity.Key.rsa, .p384], [TLSSide.client, .server])
    func aPinnedKeyOfAnotherTypeIsRefused(key: ForeignIdentity.Key, side: TLSSide) throws {
        // It signs with a key that we would take: an honest peer would see from our offer that it
        // has nothing to show.
        let certificate = try ForeignIdentity(key)
        let pin = try certificate.fingerprint()
        let liar = try ForeignIdentity(showing: certificate.x509, holding: .ed25519)
        let peer = try RawPeer(side, liar, forging: true)
        let endpoint = try Endpoint(side == .client ? .server : .client, bob, pins: pin)
        try endpoint.connect()
        try peer.shuttle(with: endpoint)
        expectRefusal(
            endpoint,
            .wrongKeyType(
                PresentedCertificate(fingerprint: pin, commonName: "foreign", keyType: nil)))
        #expect(peer.alert == 43)
    }

    @Test func anHonestClientWithAnRSAKeyHasNothingToShow() throws {
        let certificate = try ForeignIdentity(.rsa)
        let peer = try RawPeer(.client, certificate)
        let server = try Endpoint(.server, bob, pins: certificate.fingerprint())
        try server.connect()
        try peer.shuttle(with: server)
        expectRefusal(server, .noCertificate)
    }

    @Test func anHonestServerWithAnRSAKeyHasNothingToShow() throws {
        let certificate = try ForeignIdentity(.rsa)
        let peer = try RawPeer(.server, certificate)
        let client = try Endpoint(.client, bob, pins: certificate.fingerprint())
        try client.connect()
        try peer.shuttle(with: client)
        expectRefusal(client, .peerAlert(TLSAlert(code: 40)))
    }

    @Test(arguments: [TLSSide.client, .server])
    func olderTLSIsRefused(side: TLSSide) throws {
        let certificate = try ForeignIdentity()
        let peer = try RawPeer(side, certificate) {
            _ = COpenSSL_SSL_CTX_set_max_proto_version($0, TLS1_2_VERSION)
        }
        let endpoint = try Endpoint(
            side == .client ? .server : .client, bob, pins: certificate.fingerprint())
        try endpoint.connect()
        try peer.shuttle(with: endpoint)
        expectRefusal(endpoint, .protocolVersion)
        // Whoever finds out first tells the other.
        if side == .client { #expect(peer.alert == 70) }
    }

    @Test func aServerThatDoesNotAskWhoWeAreGetsNothing() throws {
        let certificate = try ForeignIdentity()
        let peer = try RawPeer(.server, certificate) {
            SSL_CTX_set_verify($0, SSL_VERIFY_NONE, nil)
        }
        let client = try Endpoint(.client, bob, pins: certificate.fingerprint())
        let secret = client.send("secret")
        try client.connect()
        try peer.shuttle(with: client)
        expectRefusal(client, .clientCertificateNotRequested)
        #expect(peer.received.readableBytes == 0)
        #expect(peer.sawCloseNotify)
        #expect(throws: TLSFailure.clientCertificateNotRequested) { try secret.now() }
    }

    @Test func aChainBeyondBoundsIsRefused() throws {
        let certificate = try ForeignIdentity(padding: 20_000)
        let peer = try RawPeer(.client, certificate)
        let server = try Endpoint(.server, bob, pins: certificate.fingerprint())
        try server.connect()
        try peer.shuttle(with: server)
        #expect(server.recorder.failures.count == 1)
        guard case .protocolViolation = server.recorder.failures.first else {
            Issue.record("\(server.recorder.failures)")
            return
        }
        #expect(server.recorder.sessions.isEmpty && !server.channel.isActive)
        #expect(peer.alert != nil)
    }
}

extension ForeignIdentity.Key: CustomTestStringConvertible {
    var testDescription: String { "\(self)" }
}
