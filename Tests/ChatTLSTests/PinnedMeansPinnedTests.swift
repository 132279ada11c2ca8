import ChatIdentity
import ChatTLS
import ChatValues
import Testing

/// The leaf's pin decides. What else a certificate says of itself does not.
@Suite struct PinnedMeansPinnedTests {
    enum Oddity: CaseIterable {
        case expired, notYetValid, authority, chain, chainOfRSA, emptyName
    }

    private func make(_ oddity: Oddity) throws -> ForeignIdentity {
        switch oddity {
        case .expired: try ForeignIdentity(days: -30 ... -10)
        case .notYetValid: try ForeignIdentity(days: 10...30)
        case .authority: try ForeignIdentity(isCA: true)
        case .chain:
            try ForeignIdentity(issuer: ForeignIdentity(name: "issuer", isCA: true))
        case .chainOfRSA:
            try ForeignIdentity(.p256, issuer: ForeignIdentity(.rsa, name: "issuer", isCA: true))
        case .emptyName: try ForeignIdentity(name: "")
        }
    }

    @Test(arguments: Oddity.allCases, [TLSSide.client, .server])
    func anOddCertificateIsGoodOnceItIsPinned(oddity: Oddity, side: TLSSide) throws {
        let certificate = try make(oddity)
        let peer = try RawPeer(side, certificate)
        let endpoint = try Endpoint(
            side == .client ? .server : .client, Identity.make(userName: UserName("bob")),
            pins: certificate.fingerprint())
        endpoint.send("to them")
        try endpoint.connect()
        try peer.shuttle(with: endpoint)
        peer.write("to us")
        try peer.shuttle(with: endpoint)
        #expect(endpoint.recorder.errors.isEmpty)
        #expect(endpoint.recorder.text == "to us")
        #expect(peer.text == "to them")
        #expect(try endpoint.recorder.sessions.first?.peer.fingerprint == certificate.fingerprint())
    }

    @Test func thePinOfAnIssuerIsNotThePinOfWhatItIssues() throws {
        let issuer = try ForeignIdentity(name: "issuer", isCA: true)
        let certificate = try ForeignIdentity(issuer: issuer)
        let peer = try RawPeer(.client, certificate)
        let server = try Endpoint(
            .server, Identity.make(userName: UserName("bob")), pins: issuer.fingerprint())
        try server.connect()
        try peer.shuttle(with: server)
        #expect(server.recorder.sessions.isEmpty)
        guard case .unpinned(let presented) = server.recorder.failures.first else {
            Issue.record("\(server.recorder.errors)")
            return
        }
        #expect(try presented.fingerprint == certificate.fingerprint())
        #expect(peer.alert == 48)
    }
}
