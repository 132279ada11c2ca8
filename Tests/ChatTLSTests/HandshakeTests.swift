import ChatIdentity
import ChatTLS
import ChatValues
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@Suite struct HandshakeTests {
    @Test(arguments: KeyType.allCases, KeyType.allCases)
    func bothSidesLearnWhoTheOtherIs(client: KeyType, server: KeyType) throws {
        let pair = try Pair(client: client, server: server)
        try pair.connect()
        let atClient = try #require(pair.client.recorder.sessions.first)
        let atServer = try #require(pair.server.recorder.sessions.first)
        #expect(atClient.peer.commonName == "bob")
        #expect(atClient.peer.keyType == server)
        #expect(atServer.peer.commonName == "alice")
        #expect(atServer.peer.keyType == client)
        for session in [atClient, atServer] {
            #expect(session.alpn == "p2pchat/1")
            #expect(session.version == "TLSv1.3")
            #expect(session.cipher.hasPrefix("TLS_"))
            #expect(["x25519", "X25519MLKEM768"].contains(session.group))
        }
        #expect(pair.client.recorder.sessions.count == 1)
        #expect(pair.server.recorder.sessions.count == 1)
        #expect(pair.client.recorder.errors.isEmpty && pair.server.recorder.errors.isEmpty)
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func bytesMayComeInAnyPortions(chunk: Int) throws {
        let pair = try Pair(client: .p256)
        try pair.connect(chunk: chunk)
        #expect(pair.client.recorder.sessions.count == 1)
        #expect(pair.server.recorder.sessions.count == 1)
        pair.client.send("over")
        pair.server.send("back")
        try pair.shuttle(chunk: chunk)
        #expect(pair.server.recorder.text == "over")
        #expect(pair.client.recorder.text == "back")
    }

    @Test func oneContextServesBothSides() throws {
        let alice = try Identity.make(userName: UserName("alice"))
        let context = try TLSContext(identity: alice)
        let fingerprint = alice.fingerprint
        let pair = try Pair(
            Endpoint(.client, context) { $0.fingerprint == fingerprint },
            Endpoint(.server, context) { $0.fingerprint == fingerprint })
        try pair.connect()
        #expect(pair.client.recorder.sessions.count == 1)
        #expect(pair.server.recorder.sessions.count == 1)
    }

    @Test func eachSideIsAskedOnceAboutTheOther() throws {
        let asked = Mutex<[String?]>([])
        let note: @Sendable (PresentedCertificate) -> Bool = { presented in
            asked.withLock { $0.append(presented.commonName) }
            return true
        }
        let pair = try Pair(
            Endpoint(.client, Identity.make(userName: UserName("alice")), decide: note),
            Endpoint(.server, Identity.make(userName: UserName("bob")), decide: note))
        try pair.connect()
        #expect(asked.withLock { $0 } == ["bob", "alice"])
    }

    @Test func whatIsWrittenBeforehandWaits() throws {
        let pair = try Pair()
        let sent = pair.client.send("early")
        pair.server.send("bird")
        #expect(try pair.client.takeOutbound().readableBytes == 0)
        try pair.server.connect()
        #expect(try pair.server.takeOutbound().readableBytes == 0)
        try pair.connect()
        #expect(pair.server.recorder.text == "early")
        #expect(pair.client.recorder.text == "bird")
        try sent.now()
    }

    @Test func theClientsLastFlightCarriesItsFirstData() throws {
        let pair = try Pair()
        pair.client.recorder.onSession = { context in
            context.writeAndFlush(NIOAny(ByteBuffer(string: "hello")), promise: nil)
        }
        try pair.server.connect()
        try pair.client.connect()
        try pair.server.receive(pair.client.takeOutbound())
        try pair.client.receive(pair.server.takeOutbound())
        let flight = try #require(try pair.client.channel.readOutbound(as: ByteBuffer.self))
        #expect(try pair.client.channel.readOutbound(as: ByteBuffer.self) == nil)
        try pair.server.receive(flight)
        #expect(pair.server.recorder.text == "hello")
    }

    @Test func aHandlerAddedToAnActiveChannelStartsAtOnce() throws {
        let identity = try Identity.make(userName: UserName("late"))
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).now()
        let context = try TLSContext(identity: identity)
        try channel.pipeline.syncOperations.addHandler(
            TLSHandler(context: context, side: .client) { _ in true })
        let flight = try #require(try channel.readOutbound(as: ByteBuffer.self))
        #expect(records(in: flight).map(\.type) == [22])
    }
}
