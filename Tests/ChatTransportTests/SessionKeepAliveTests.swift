import ChatCore
import ChatWire
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// Signs of life, in virtual time.
@Suite struct SessionKeepAliveTests {
    @Test func aSilentPeerIsAskedAndThenGivenUp() throws {
        let bench = try SessionBench.open()
        bench.pass(.seconds(30) - .nanoseconds(1))
        #expect(try bench.sent() == [])
        bench.pass(.nanoseconds(1))
        #expect(try bench.sent() == [.ping])
        bench.pass(.seconds(30))
        #expect(try bench.sent() == [.ping])
        bench.pass(.seconds(15) - .nanoseconds(1))
        #expect(!bench.isClosed)
        bench.pass(.nanoseconds(1))
        #expect(bench.isClosed)
        #expect(bench.node.closed == ["no sign of life"])
        #expect(bench.floor.connectionCount == 0)
    }

    @Test(arguments: [#"{"type":"pong"}"# + "\n", "{", "\n"])
    func anyByteIsASignOfLife(text: String) throws {
        let bench = try SessionBench.open()
        for _ in 0..<10 {
            bench.pass(.seconds(70))
            try bench.receive(text == "{" ? " " : text)
        }
        #expect(!bench.isClosed)
        if text == "{" { try bench.receive(text) }
        bench.pass(.seconds(74))
        #expect(!bench.isClosed)
        bench.pass(.seconds(1))
        #expect(bench.isClosed)
    }

    @Test func aBusySessionIsNotAsked() throws {
        let bench = try SessionBench.open()
        for _ in 0..<100 {
            bench.pass(.seconds(20))
            try bench.receive(#"{"type":"typing","active":true}"# + "\n")
        }
        #expect(try bench.sent() == [])
    }

    @Test func aProbeAsksAtOnceAndEndsWhatDoesNotAnswer() throws {
        let bench = try SessionBench.open()
        try bench.node.act { link in
            link.probe()
            link.probe()
        }
        bench.loop.run()
        #expect(try bench.sent() == [.ping])
        bench.pass(.seconds(10) - .nanoseconds(1))
        #expect(!bench.isClosed)
        bench.pass(.nanoseconds(1))
        #expect(bench.isClosed)
        #expect(bench.node.closed == ["no sign of life"])
    }

    @Test func aProbeThatIsAnsweredChangesNothing() throws {
        let bench = try SessionBench.open()
        try bench.node.act { $0.probe() }
        bench.pass(.seconds(9))
        try bench.receive(#"{"type":"pong"}"# + "\n")
        _ = try bench.sent()
        bench.pass(.seconds(30))
        #expect(!bench.isClosed)
        #expect(try bench.sent() == [.ping])
    }

    /// The node has stopped reading, because its front end does not keep up: the peer is silent
    /// for us only.
    @Test func whoIsNotHeardIsNotGivenUp() throws {
        let bench = try SessionBench.open()
        try bench.node.act { $0.setReading(false) }
        bench.pass(.minutes(10))
        #expect(!bench.isClosed)
        try bench.node.act { $0.setReading(true) }
        bench.pass(.seconds(74))
        #expect(!bench.isClosed)
        bench.pass(.seconds(1))
        #expect(bench.isClosed)
    }

    /// Everything that it is sent stays with us, whatever it says itself.
    @Test(arguments: [true, false])
    func aPeerThatTalksAndDoesNotReadIsGivenUp(isSeed: Bool) throws {
        let bench = isSeed ? try SessionBench(encrypted: false) : try SessionBench.open()
        if isSeed { try bench.connect() }
        let line = isSeed ? #"{"sender": "bob", "content": "hi", "timestamp": 1}"# : "\n"
        try bench.receive(line)
        try bench.channel.pipeline.syncOperations.addHandler(Dam(), position: .first)
        try bench.node.act { $0.send(.presence(UserPresence(action: .away, username: "alice"))) }
        // Noticed at 30 s, and given 75 more.
        for _ in 0..<10 {
            bench.pass(.seconds(10))
            try bench.receive(line)
        }
        #expect(!bench.isClosed)
        bench.pass(.seconds(5))
        #expect(bench.isClosed)
        #expect(bench.node.closed == ["the other side stopped reading"])
    }

    /// Lets nothing out: what is written stays in the channel's buffer.
    private final class Dam: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        func flush(context: ChannelHandlerContext) {}
    }

    @Test func theSeedDialectHasNoPing() throws {
        let bench = try SessionBench(encrypted: false)
        try bench.connect()
        try bench.receive(#"{"sender": "bob", "content": "hi", "timestamp": 1}"#)
        bench.pass(.hours(1))
        try bench.node.act { $0.probe() }
        bench.pass(.hours(1))
        #expect(!bench.isClosed)
        #expect(try bench.writes() == [])
    }

    @Test func nothingIsDueAfterTheEnd() throws {
        let bench = try SessionBench.open()
        try bench.node.act { link in
            link.probe()
            link.close(Bye())
        }
        bench.pass(.hours(1))
        #expect(bench.node.closed == ["closed"])
        #expect(try bench.sent() == [.ping, .bye(Bye())])
    }
}
