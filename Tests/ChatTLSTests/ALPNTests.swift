import COpenSSL
import ChatIdentity
import ChatTLS
import ChatValues
import NIOCore
import Testing

@Suite struct ALPNTests {
    private func connect(
        _ side: TLSSide, configure: (OpaquePointer) -> Void
    ) throws -> (RawPeer, Endpoint) {
        let certificate = try ForeignIdentity()
        let peer = try RawPeer(side, certificate, configure: configure)
        let endpoint = try Endpoint(
            side == .client ? .server : .client, Identity.make(userName: UserName("bob")),
            pins: certificate.fingerprint())
        try endpoint.connect()
        try peer.shuttle(with: endpoint)
        return (peer, endpoint)
    }

    private static func wire(_ names: [String]) -> [UInt8] {
        names.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    }

    @Test(arguments: [
        ["p2pchat/1"], ["h2", "p2pchat/1"], ["p2pchat/1", "http/1.1"], ["p2pchat/2", "p2pchat/1"],
    ])
    func theServerPicksOurProtocol(offer: [String]) throws {
        let list = Self.wire(offer)
        let (_, server) = try connect(.client) {
            SSL_CTX_set_alpn_protos($0, list, UInt32(list.count))
        }
        #expect(server.recorder.sessions.first?.alpn == "p2pchat/1")
    }

    @Test func aClientThatOffersNoneIsTaken() throws {
        let (peer, server) = try connect(.client) { _ in }
        #expect(server.recorder.sessions.count == 1)
        #expect(server.recorder.sessions.first?.alpn == nil)
        #expect(peer.isConnected)
    }

    @Test(arguments: [["h2"], ["http/1.1", "h2"], ["p2pchat/10"], ["p2pchat/"], ["P2PCHAT/1"]])
    func aClientThatOffersOnlyOthersIsTold(offer: [String]) throws {
        let list = Self.wire(offer)
        let (peer, server) = try connect(.client) {
            SSL_CTX_set_alpn_protos($0, list, UInt32(list.count))
        }
        #expect(server.recorder.sessions.isEmpty)
        #expect(server.recorder.failures == [.noCommonProtocol])
        #expect(peer.alert == 120)
    }

    @Test func aServerThatPicksNoneIsTaken() throws {
        let (peer, client) = try connect(.server) { _ in }
        #expect(client.recorder.sessions.count == 1)
        #expect(client.recorder.sessions.first?.alpn == nil)
        #expect(peer.isConnected)
    }

    @Test func aServerThatPicksWhatWasNotOfferedIsLeft() throws {
        let (peer, client) = try connect(.server) {
            SSL_CTX_set_alpn_select_cb(
                $0,
                { _, out, count, _, _, _ in
                    out?.pointee = strangeProtocol
                    count?.pointee = 2
                    return SSL_TLSEXT_ERR_OK
                }, nil)
        }
        #expect(client.recorder.sessions.isEmpty)
        #expect(client.recorder.failures.count == 1)
        #expect(peer.received.readableBytes == 0)
    }

    @Test func aServerThatRefusesOurProtocolIsUnderstood() throws {
        let (_, client) = try connect(.server) {
            SSL_CTX_set_alpn_select_cb($0, { _, _, _, _, _, _ in SSL_TLSEXT_ERR_ALERT_FATAL }, nil)
        }
        #expect(client.recorder.failures == [.noCommonProtocol])
    }
}

// nonisolated(unsafe): two bytes that are written here and never again.
nonisolated(unsafe) private let strangeProtocol: UnsafePointer<UInt8> = {
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 2)
    bytes.initialize(repeating: UInt8(ascii: "z"), count: 2)
    return UnsafePointer(bytes)
}()
