import ChatCore
import NIOCore
import NIOEmbedded
import NIOSOCKS
import Testing

@testable import ChatTransport

@Suite("Asking a SOCKS5 proxy for a connection")
struct ProxyHandshakeTests {
    private let loop = EmbeddedEventLoop()
    private let proxy = PeerAddress(host: "127.0.0.1", port: 9_050)
    private let onion = PeerAddress(host: "vww6ybal4bd7szmgncyruucpgfkqahzd.onion", port: 5_555)
    /// Granted, bound to 0.0.0.0:0.
    private let granted: [UInt8] = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]

    private func begin(
        _ address: PeerAddress, by deadline: NIODeadline = .distantFuture
    ) throws -> (EmbeddedChannel, EventLoopFuture<DialledConnection>) {
        let channel = EmbeddedChannel(loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9_050)).wait()
        let target = try #require(SOCKSAddress(address))
        return (channel, ProxyHandshake.begin(on: channel, to: target, by: deadline))
    }

    private func written(_ channel: EmbeddedChannel) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
            bytes += Array(buffer.readableBytesView)
        }
        return bytes
    }

    /// What has become of it by now.
    private func outcome(
        _ connection: EventLoopFuture<DialledConnection>
    ) throws -> DialledConnection {
        var outcome: Result<DialledConnection, any Error>?
        connection.assumeIsolated().whenComplete { outcome = $0 }
        return try #require(outcome, "nothing yet").get()
    }

    private func failure(_ answer: [UInt8], to address: PeerAddress) throws -> String {
        let (channel, connection) = try begin(address)
        // What it throws is what the future says as well.
        _ = try? channel.writeInbound(ByteBuffer(bytes: answer.prefix(2)))
        if answer.count > 2, channel.isActive {
            _ = try? channel.writeInbound(ByteBuffer(bytes: answer.dropFirst(2)))
        }
        #expect(!channel.isActive)
        let error = #expect(throws: ProxyFailure.self) { try outcome(connection) }
        let text = error?.explanation(of: proxy, dialling: address) ?? ""
        #expect(text.hasSuffix(".") && !text.contains("\n"))
        return text
    }

    @Test("byte by byte: a name is asked for as a name, and then nothing stands in the way")
    func name() throws {
        let (channel, connection) = try begin(onion)
        #expect(try written(channel) == [5, 1, 0])
        for byte in [5, 0] as [UInt8] { try channel.writeInbound(ByteBuffer(bytes: [byte])) }
        let name = Array(onion.host.utf8)
        #expect(
            try written(channel) == [5, 1, 0, 3, UInt8(name.count)] + name + [0x15, 0xB3])
        for byte in granted { try channel.writeInbound(ByteBuffer(bytes: [byte])) }
        #expect(try outcome(connection).early.readableBytes == 0)
        try channel.writeInbound(ByteBuffer(string: "from the other side"))
        #expect(
            try channel.readInbound(as: ByteBuffer.self)
                == ByteBuffer(string: "from the other side"))
        _ = try channel.finish()
    }

    @Test("numbers are asked for as numbers")
    func numbers() throws {
        let (v4, _) = try begin(PeerAddress(host: "198.51.100.7", port: 1))
        try v4.writeInbound(ByteBuffer(bytes: [5, 0]))
        #expect(try written(v4) == [5, 1, 0] + [5, 1, 0, 1, 198, 51, 100, 7, 0, 1])
        let (v6, _) = try begin(PeerAddress(host: "2001:db8::7", port: 65_535))
        try v6.writeInbound(ByteBuffer(bytes: [5, 0]))
        #expect(
            try written(v6) == [5, 1, 0] + [5, 1, 0, 4, 0x20, 1, 0x0D, 0xB8]
                + [UInt8](repeating: 0, count: 11) + [7, 255, 255])
    }

    @Test("what comes with the answer is kept apart, and passes nobody by")
    func early() throws {
        let (channel, connection) = try begin(onion)
        try channel.writeInbound(ByteBuffer(bytes: [5, 0]))
        try channel.writeInbound(ByteBuffer(bytes: granted + Array("early".utf8)))
        #expect(try outcome(connection).early == ByteBuffer(string: "early"))
        #expect(try channel.readInbound(as: ByteBuffer.self) == nil)
        _ = try channel.finish()
    }

    @Test(
        "what goes wrong is said in a sentence",
        arguments: [
            ([5, 0xFF], "wants a password"), ([5, 2], "wants a password"),
            (Array("HTTP/1.0 400".utf8), "no SOCKS5 proxy"), ([4, 0x5B], "no SOCKS5 proxy"),
            ([5, 0, 5, 1, 0, 1, 0, 0, 0, 0, 0, 0], "could not reach"),
            ([5, 0, 5, 2, 0, 1, 0, 0, 0, 0, 0, 0], "does not allow"),
            ([5, 0, 5, 5, 0, 1, 0, 0, 0, 0, 0, 0], "refused the connection"),
            ([5, 0, 5, 8, 0, 1, 0, 0, 0, 0, 0, 0], "can't connect to addresses such as"),
            ([5, 0, 5, 0xF0, 0, 1, 0, 0, 0, 0, 0, 0], "(reply 240)"),
            ([5, 0, 5, 0, 7, 1, 0, 0, 0, 0, 0, 0], "no SOCKS5 proxy"),
            ([5, 0, 5, 0, 0, 9, 0, 0, 0, 0, 0, 0], "no SOCKS5 proxy"),
        ] as [([UInt8], String)])
    func failures(_ answer: [UInt8], _ said: String) throws {
        #expect(try failure(answer, to: onion).contains(said))
    }

    @Test("a proxy that hangs up, or says nothing until the deadline, is given up")
    func silence() throws {
        let (gone, first) = try begin(onion)
        try gone.writeInbound(ByteBuffer(bytes: [5]))
        gone.pipeline.fireChannelInactive()
        let hungUp = #expect(throws: ProxyFailure.self) { try outcome(first) }
        #expect(hungUp?.explanation(of: proxy, dialling: onion).contains("hung up") == true)
        let (silent, second) = try begin(onion, by: loop.now + .seconds(5))
        try silent.writeInbound(ByteBuffer(bytes: [5, 0]))
        loop.advanceTime(by: .seconds(5))
        #expect(!silent.isActive)
        let late = #expect(throws: ProxyFailure.self) { try outcome(second) }
        #expect(late?.explanation(of: proxy, dialling: onion).contains("in time") == true)
    }

    @Test("an address of one link, and what no request can hold, are not asked for")
    func unaskable() {
        #expect(SOCKSAddress(PeerAddress(host: "fe80::1%eth0", port: 5_555)) == nil)
        #expect(SOCKSAddress(PeerAddress(host: "alice.example", port: 0)) == nil)
        #expect(SOCKSAddress(PeerAddress(host: "", port: 5_555)) == nil)
        #expect(
            SOCKSAddress(PeerAddress(host: String(repeating: "a", count: 256), port: 5_555)) == nil)
    }
}
