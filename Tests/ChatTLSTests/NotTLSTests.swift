import ChatIdentity
import ChatTLS
import ChatValues
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@Suite struct NotTLSTests {
    private func server() throws -> Endpoint {
        let server = try Endpoint(.server, Identity.make(userName: UserName("bob"))) { _ in true }
        try server.connect()
        return server
    }

    @Test(arguments: [
        "{\"sender\": \"alice\", \"content\": \"hello\", \"timestamp\": 1764000000.25}",
        "GET / HTTP/1.1\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "hello, is anybody there?",
    ])
    func plainTextIsNotTLS(text: String) throws {
        let server = try server()
        try server.receive(ByteBuffer(string: text))
        #expect(server.recorder.failures == [.notTLS])
        #expect(!server.channel.isActive)
        #expect(server.recorder.received.readableBytes == 0)
    }

    @Test func lessTextThanARecordHeaderIsToldWhenItEnds() throws {
        let server = try server()
        try server.receive(ByteBuffer(string: "hi\n"))
        server.hangUp()
        #expect(server.recorder.failures == [.notTLS])
    }

    @Test func plainTextFromAServerIsNotTLS() throws {
        let client = try Endpoint(.client, Identity.make(userName: UserName("bob"))) { _ in true }
        let secret = client.send("secret")
        try client.connect()
        try client.receive(ByteBuffer(string: "220 mail.example ESMTP\r\n"))
        #expect(client.recorder.failures == [.notTLS])
        #expect(throws: TLSFailure.notTLS) { try secret.now() }
    }

    @Test(arguments: 0..<64)
    func randomBytesAreRefused(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let server = try server()
        let bytes = ByteBuffer(
            bytes: (0..<70_000).map { _ in .random(in: .min ... .max, using: &generator) })
        try server.receive(bytes, chunk: 1000)
        #expect(server.recorder.failures.count == 1)
        #expect(server.recorder.sessions.isEmpty)
        #expect(server.recorder.received.readableBytes == 0)
    }

    @Test func aHelloThatNeverEndsIsBounded() throws {
        let server = try server()
        // Handshake records that carry one ClientHello said to be 130,000 bytes long.
        var first = ByteBuffer(bytes: [22, 3, 1, 0x40, 0, 1, 1, 0xFB, 0xD0])
        first.writeRepeatingByte(0, count: 0x4000 - 4)
        try server.receive(first)
        var more = ByteBuffer(bytes: [22, 3, 1, 0x40, 0])
        more.writeRepeatingByte(0, count: 0x4000)
        for _ in 0..<3 where server.channel.isActive { try server.receive(more) }
        #expect(server.recorder.failures.count == 1)
        #expect(!server.channel.isActive)
    }
}
