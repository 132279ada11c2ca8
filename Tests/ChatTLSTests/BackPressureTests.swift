import COpenSSL
import ChatIdentity
import ChatTLS
import ChatValues
import NIOCore
import NIOEmbedded
import Testing

@Suite struct BackPressureTests {
    /// A pair of which the server's reads from the network are counted.
    private func counted() throws -> (Pair, ReadCounter) {
        let pair = try Pair()
        let counter = ReadCounter()
        try pair.server.channel.pipeline.syncOperations.addHandler(counter, position: .first)
        return (pair, counter)
    }

    @Test func theHandshakeReadsByItself() throws {
        let (pair, counter) = try counted()
        try pair.server.connect()
        #expect(counter.count == 1)
        try pair.client.connect()
        try pair.server.receive(pair.client.takeOutbound())
        #expect(counter.count == 2)
    }

    @Test func nobodyReadsUnasked() throws {
        let (pair, counter) = try counted()
        try pair.connect()
        let before = counter.count
        pair.client.send("unasked")
        try pair.shuttle()
        #expect(pair.server.recorder.text == "unasked")
        #expect(counter.count == before)
    }

    @Test func whoAskedToReadGetsAWholeRecord() throws {
        let (pair, counter) = try counted()
        try pair.connect()
        let before = counter.count
        pair.server.channel.read()
        #expect(counter.count == before + 1)
        pair.client.send("asked for")
        var stream = try pair.client.takeOutbound()
        let part = stream.readSlice(length: 10)
        try pair.server.receive(#require(part))
        // Half a record answers nobody: the network is asked again.
        #expect(counter.count == before + 2)
        try pair.server.receive(stream)
        #expect(pair.server.recorder.text == "asked for")
        #expect(counter.count == before + 2)
    }

    @Test func closingReadsByItself() throws {
        let (pair, counter) = try counted()
        try pair.connect()
        let before = counter.count
        pair.server.channel.close(promise: nil)
        #expect(counter.count == before + 1)
    }

    @Test func aKeyUpdateIsAnsweredBeforeTheNextData() throws {
        let (peer, server) = try rawClient()
        peer.requestKeyUpdate()
        try peer.shuttle(with: server)
        server.send("with new keys")
        let answer = try server.takeOutbound()
        #expect(records(in: answer).count == 2)
        peer.receive(answer)
        peer.write("with new keys too")
        try peer.shuttle(with: server)
        #expect(server.recorder.text == "with new keys too")
        #expect(peer.text == "with new keys")
    }

    @Test func manyKeyUpdatesAreFineForAPeerThatReads() throws {
        let (peer, server) = try rawClient()
        for _ in 0..<2000 {
            peer.requestKeyUpdate()
            try peer.shuttle(with: server)
        }
        peer.write("still here")
        try peer.shuttle(with: server)
        #expect(server.recorder.text == "still here")
        #expect(server.recorder.errors.isEmpty)
    }

    @Test func aPeerThatAsksForAnswersAndDoesNotReadIsCut() throws {
        let (peer, server) = try rawClient()
        server.channel.isWritable = false
        var answered = 0
        for _ in 0..<2000 where server.channel.isActive {
            peer.requestKeyUpdate()
            try server.receive(peer.takeOutbound())
            answered += try server.takeOutbound().readableBytes
        }
        #expect(!server.channel.isActive)
        #expect(server.recorder.failures == [.protocolViolation("too many key updates")])
        #expect(answered < 20_000)
    }

    @Test func writesWaitForTheRestOfAControlMessage() throws {
        let (peer, client) = try serverWithATicket()
        var ticket = peer.takeOutbound()
        let layout = records(in: ticket)
        try #require(layout.count > 2)
        let first = ticket.readSlice(length: layout[0].length)
        try client.receive(#require(first))
        let sent = client.send("waits")
        #expect(!sent.isFulfilled)
        #expect(try client.takeOutbound().readableBytes == 0)
        try client.receive(ticket)
        try sent.now()
        try peer.shuttle(with: client)
        #expect(peer.text == "waits")
        #expect(client.recorder.errors.isEmpty)
    }

    @Test func closingDoesNotWaitForTheRestOfAControlMessage() throws {
        let (peer, client) = try serverWithATicket()
        var ticket = peer.takeOutbound()
        let first = ticket.readSlice(length: records(in: ticket)[0].length)
        try client.receive(#require(first))
        let closed = client.channel.close()
        #expect(!client.channel.isActive)
        try closed.now()
        #expect(client.recorder.errors.isEmpty)
    }

    /// A server that has sent a ticket, spread over several records: it holds the client's
    /// certificate, a long one.
    private func serverWithATicket() throws -> (RawPeer, Endpoint) {
        let certificate = try ForeignIdentity()
        let peer = try RawPeer(.server, certificate) {
            SSL_CTX_set_num_tickets($0, 1)
            SSL_CTX_ctrl($0, SSL_CTRL_SET_MAX_SEND_FRAGMENT, 512, nil)
            SSL_CTX_set_session_id_context($0, [1], 1)
        }
        let long = try ForeignIdentity(padding: 4000)
        let identity = try Identity(
            certificate: Certificate(retaining: long.x509), privateKey: long.privateKey())
        let client = try Endpoint(.client, identity, pins: certificate.fingerprint())
        try client.connect()
        peer.receive(try client.takeOutbound())
        try client.receive(peer.takeOutbound())
        peer.receive(try client.takeOutbound())
        try #require(client.recorder.sessions.count == 1 && peer.isConnected)
        return (peer, client)
    }

    private func rawClient() throws -> (RawPeer, Endpoint) {
        let certificate = try ForeignIdentity()
        let peer = try RawPeer(.client, certificate)
        let server = try Endpoint(
            .server, Identity.make(userName: UserName("bob")), pins: certificate.fingerprint())
        try server.connect()
        try peer.shuttle(with: server)
        return (peer, server)
    }
}

private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    private(set) var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}
