import COpenSSL
import ChatIdentity
import ChatTLS
import ChatValues
import NIOCore
import Synchronization
import Testing

@Suite struct SocketTests {
    let alice: Identity
    let bob: Identity

    init() throws {
        alice = try Identity.make(userName: UserName("alice"))
        bob = try Identity.make(userName: UserName("bob"), keyType: .p256)
    }

    @Test func aConversationOverLoopback() async throws {
        let (pinnedByBob, pinnedByAlice) = (alice.fingerprint, bob.fingerprint)
        let (listener, port, accepted) = try await SocketEndpoint.listen(
            TLSContext(identity: bob)
        ) { $0.fingerprint == pinnedByBob }
        let client = try await SocketEndpoint.dial(port, TLSContext(identity: alice)) {
            $0.fingerprint == pinnedByAlice
        }
        let server = try await SocketEndpoint.first(of: accepted)
        let up = pattern(3 << 20)
        let down = pattern(1 << 20)
        async let sentUp: Void = client.channel.writeAndFlush(up)
        async let sentDown: Void = server.channel.writeAndFlush(down)
        #expect(try await server.read(up.readableBytes) == up)
        #expect(try await client.read(down.readableBytes) == down)
        try await sentUp
        try await sentDown
        try await client.channel.close()
        try await server.next("close_notify") { event -> Bool? in
            switch event {
            case .shutdownCompleted: true
            case .failed: false
            default: nil
            }
        }.requireTrue()
        try await server.next("the end") { if case .inactive = $0 { true } else { nil } }
            .requireTrue()
        try await listener.close()
    }

    @Test func aRefusedClientHearsWhy() async throws {
        let (listener, port, accepted) = try await SocketEndpoint.listen(
            TLSContext(identity: bob)
        ) { _ in false }
        let client = try await SocketEndpoint.dial(port, TLSContext(identity: alice)) { _ in true }
        // Application data right behind the handshake: the server closes with it unread, and the
        // alert must get through all the same.
        client.channel.writeAndFlush(pattern(1 << 20), promise: nil)
        let failure = try await client.next("the refusal") { event -> TLSFailure? in
            if case .failed(_, let failure) = event { failure } else { nil }
        }
        #expect(failure == .refusedByPeer(TLSAlert(code: 48)))
        let server = try await SocketEndpoint.first(of: accepted)
        let reason = try await server.next("the reason") { event -> TLSFailure? in
            if case .failed(_, let failure) = event { failure } else { nil }
        }
        guard case .unpinned(let presented) = reason else {
            Issue.record("\(reason)")
            return
        }
        #expect(presented.fingerprint == alice.fingerprint)
        try await server.next("the end") { if case .inactive = $0 { true } else { nil } }
            .requireTrue()
        try await listener.close()
    }

    /// Closing with input unread would reset the connection, and on some systems take the alert
    /// away from the one who has not read it yet.
    @Test func whoIsRefusedMayFinishTalking() async throws {
        let (listener, port, _) = try await SocketEndpoint.listen(
            TLSContext(identity: bob)
        ) { _ in true }
        let client = try await SocketEndpoint.dialWithoutTLS(port)
        // An honest hello, of an older version, and much more behind it.
        let peer = try RawPeer(.client, nil) {
            _ = COpenSSL_SSL_CTX_set_max_proto_version($0, TLS1_2_VERSION)
        }
        peer.step()
        var stream = peer.takeOutbound()
        stream.writeRepeatingByte(0, count: 4 << 20)
        let promise = client.channel.eventLoop.makePromise(of: Void.self)
        client.channel.writeAndFlush(stream, promise: promise)
        let alert = try await client.read(7)
        #expect(Array(alert.readableBytesView) == [21, 3, 3, 0, 2, 2, 70])
        try await promise.futureResult.get()
        try await client.channel.close()
        try await listener.close()
    }

    @Test func aReaderThatStopsStopsTheWriter() async throws {
        let (listener, port, accepted) = try await SocketEndpoint.listen(
            TLSContext(identity: bob), autoRead: false
        ) { _ in true }
        let client = try await SocketEndpoint.dial(port, TLSContext(identity: alice)) { _ in true }
        let server = try await SocketEndpoint.first(of: accepted)
        try await client.next("the client's session") {
            if case .session = $0 { true } else { nil }
        }.requireTrue()
        // Far more than the kernel keeps for both ends: their buffers have a size of our choosing,
        // and do not grow, whatever the system's tcp_rmem and tcp_wmem say.
        let text = pattern(16 << 20)
        let promise = client.channel.eventLoop.makePromise(of: Void.self)
        let isSent = Mutex(false)
        promise.futureResult.whenSuccess { isSent.withLock { $0 = true } }
        client.channel.writeAndFlush(text, promise: promise)
        try await client.next("the writer to be stopped") {
            if case .writable(false) = $0 { true } else { nil }
        }.requireTrue()
        // Each read that is asked for brings something, and no read brings it all.
        var got = ByteBuffer()
        while got.readableBytes < text.readableBytes {
            server.channel.read()
            let part = try await server.next("a part") { event -> ByteBuffer? in
                if case .read(let bytes) = event { bytes } else { nil }
            }
            #expect(part.readableBytes <= 1 << 20)
            if got.readableBytes < 1 << 20 { #expect(!isSent.withLock { $0 }) }
            got.writeImmutableBuffer(part)
        }
        #expect(got == text)
        try await promise.futureResult.get()
        try await client.channel.close()
        try await listener.close()
    }
}

extension Bool {
    func requireTrue() throws { try #require(self) }
}
