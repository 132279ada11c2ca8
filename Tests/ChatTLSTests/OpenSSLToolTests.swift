import ChatIdentity
import ChatTLS
import ChatValues
import NIOCore
import Testing

/// The stock `openssl` is a peer like any other.
@Suite struct OpenSSLToolTests {
    let ours: Identity
    let theirs: Identity
    let files: IdentityFolder

    init() throws {
        ours = try Identity.make(userName: UserName("ours"))
        theirs = try Identity.make(userName: UserName("theirs"), keyType: .p256)
        files = try IdentityFolder(theirs)
    }

    private func listen(
        accept: Bool
    ) async throws -> (any Channel, Int, AsyncStream<SocketEndpoint>) {
        let pin = theirs.fingerprint
        let (listener, port, accepted) = try await SocketEndpoint.listen(
            TLSContext(identity: ours)
        ) { accept && $0.fingerprint == pin }
        return (listener, port, accepted)
    }

    @Test(arguments: [["-alpn", "p2pchat/1"], []])
    func aClientHoldsAConversation(alpn: [String]) async throws {
        let (listener, port, accepted) = try await listen(accept: true)
        let client = try OpenSSLProcess(
            [
                "s_client", "-connect", "127.0.0.1:\(port)", "-cert", files.certificate, "-key",
                files.key, "-nocommands", "-quiet", "-verify_quiet",
            ] + alpn)
        let server = try await SocketEndpoint.first(of: accepted)
        let session = try await server.next("the session") { event -> TLSSession? in
            if case .session(let session) = event { session } else { nil }
        }
        #expect(session.peer.fingerprint == theirs.fingerprint)
        #expect(session.alpn == alpn.last)
        try client.type("typed by hand\n")
        #expect(try await String(buffer: server.read(14)) == "typed by hand\n")
        try await server.channel.writeAndFlush(ByteBuffer(string: "answered\n"))
        try client.expect("answered\n")
        try await server.channel.close()
        try client.expectEnd()
        try await listener.close()
    }

    @Test func aClientThatLeavesSaysSo() async throws {
        let (listener, port, accepted) = try await listen(accept: true)
        let client = try OpenSSLProcess([
            "s_client", "-connect", "127.0.0.1:\(port)", "-cert", files.certificate, "-key",
            files.key, "-nocommands", "-verify_quiet",
        ])
        let server = try await SocketEndpoint.first(of: accepted)
        try client.type("last words\n")
        try client.closeInput()
        #expect(try await String(buffer: server.read(11)) == "last words\n")
        let end = try await server.next("the end") { event -> String? in
            switch event {
            case .shutdownCompleted: "close_notify"
            case .failed(let error, _): error
            default: nil
            }
        }
        #expect(end == "close_notify")
        try client.expectEnd()
        try await listener.close()
    }

    @Test func aRefusedClientSeesTheAlert() async throws {
        let (listener, port, accepted) = try await listen(accept: false)
        let client = try OpenSSLProcess([
            "s_client", "-connect", "127.0.0.1:\(port)", "-cert", files.certificate, "-key",
            files.key, "-nocommands", "-quiet", "-verify_quiet",
        ])
        try client.expect("alert unknown ca")
        try client.expectEnd()
        let server = try await SocketEndpoint.first(of: accepted)
        try await server.next("the end") { if case .inactive = $0 { true } else { nil } }
            .requireTrue()
        try await listener.close()
    }

    @Test func aServerHoldsAConversation() async throws {
        let server = try OpenSSLProcess([
            "s_server", "-accept", "127.0.0.1:0", "-cert", files.certificate, "-key", files.key,
            "-alpn", "p2pchat/1", "-Verify", "1", "-verify_quiet", "-naccept", "1",
        ])
        try server.expect("ACCEPT 127.0.0.1:")
        try server.expect("\n")
        let line = try #require(
            server.printed.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") })
        let port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
        let pin = theirs.fingerprint
        let client = try await SocketEndpoint.dial(port, TLSContext(identity: ours)) {
            $0.fingerprint == pin
        }
        let session = try await client.next("the session") { event -> TLSSession? in
            if case .session(let session) = event { session } else { nil }
        }
        #expect(session.alpn == "p2pchat/1")
        try await client.channel.writeAndFlush(ByteBuffer(string: "from us\n"))
        try server.expect("from us\n")
        try server.type("from them\n")
        #expect(try await String(buffer: client.read(10)) == "from them\n")
        // s_server itself never says close_notify, but understands it.
        try await client.channel.close()
        try server.expectEnd()
    }

    @Test func aServerThatDoesNotAskIsLeft() async throws {
        let server = try OpenSSLProcess([
            "s_server", "-accept", "127.0.0.1:0", "-cert", files.certificate, "-key", files.key,
            "-naccept", "1",
        ])
        try server.expect("ACCEPT 127.0.0.1:")
        try server.expect("\n")
        let line = try #require(
            server.printed.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") })
        let port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
        let client = try await SocketEndpoint.dial(port, TLSContext(identity: ours)) { _ in true }
        client.channel.writeAndFlush(ByteBuffer(string: "secret\n"), promise: nil)
        let failure = try await client.next("the failure") { event -> TLSFailure? in
            if case .failed(_, let failure) = event { failure } else { nil }
        }
        #expect(failure == .clientCertificateNotRequested)
        try server.expectEnd()
        #expect(!server.printed.contains("secret"))
    }
}
