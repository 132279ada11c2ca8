import ChatCore
import ChatTLS
import ChatWire
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// A whole session in the seed dialect.
@Suite struct SeedSessionTests {
    private static func said(_ content: String) -> String {
        #"{"sender": "bob", "content": "\#(content)", "timestamp": 2.5}"#
    }
    private static let ack = said("Ack: Message received")

    private static func contents(_ frames: [Frame]) -> [String] {
        frames.compactMap { if case .message(let message) = $0 { message.content } else { nil } }
    }

    private static func message(_ content: String) -> (id: MessageID, frame: Frame) {
        let id = MessageID.random()
        return (
            id, .message(Message(id: id, sender: "alice", content: content, timestamp: 1.5))
        )
    }

    /// A node that acknowledges what it is given.
    private static func plain(dialled: Bool = false) throws -> SessionBench {
        let dial = dialled ? Dial(PeerAddress(host: "192.0.2.1", port: 5_556), expected: nil) : nil
        let bench = try SessionBench(encrypted: false, dial: dial)
        bench.node.onFrames = { link, frames in
            for case .message(let message) in frames {
                guard let id = message.id else { continue }
                link.send(.receipt(Receipt(id: id, state: .delivered)))
            }
        }
        try bench.connect()
        return bench
    }

    @Test(arguments: [Int.max, 1])
    func eachMessageIsAcknowledgedByItself(chunk: Int) throws {
        let bench = try Self.plain()
        try bench.receive(["one", "two", "three"].map(Self.said).joined(), chunk: chunk)
        #expect(Self.contents(bench.node.frames) == ["one", "two", "three"])
        let acks = try bench.objects()
        #expect(Self.contents(acks) == [String](repeating: SeedEncoder.ackContent, count: 3))
        #expect(bench.node.opened.count == 1)
        #expect(bench.node.opened.first?.dialect == .seed)
        #expect(bench.node.opened.first?.fingerprint == nil)
    }

    @Test func anAckIsNotAcknowledged() throws {
        let bench = try Self.plain(dialled: true)
        try bench.receive(Self.ack + Self.ack)
        #expect(bench.node.frames.isEmpty)
        #expect(try bench.writes() == [])
    }

    @Test func oneObjectOfOursIsOutAtATime() throws {
        let bench = try Self.plain(dialled: true)
        let (first, second) = (Self.message("one"), Self.message("two"))
        try bench.node.act { link in
            link.send(first.frame)
            link.send(second.frame)
        }
        bench.loop.run()
        #expect(Self.contents(try bench.objects()) == ["one"])
        // What they say meanwhile is acknowledged meanwhile: waiting for each other's acks would
        // last for ever.
        try bench.receive(Self.said("hello"))
        #expect(Self.contents(try bench.objects()) == [SeedEncoder.ackContent])
        try bench.receive(Self.ack + Self.said("again"))
        #expect(Self.contents(try bench.objects()) == [SeedEncoder.ackContent, "two"])
        try bench.receive(Self.ack)
        #expect(
            bench.node.frames.compactMap {
                if case .receipt(let receipt) = $0 { receipt.id } else { nil }
            } == [first.id, second.id])
    }

    @Test func anAckThatDoesNotComeLeavesTheMessageUnconfirmed() throws {
        let bench = try Self.plain(dialled: true)
        let (first, second) = (Self.message("one"), Self.message("two"))
        bench.node.onUnconfirmed = { link in link.send(second.frame) }
        try bench.node.act { $0.send(first.frame) }
        bench.pass(.seconds(10) - .nanoseconds(1))
        #expect(bench.node.unconfirmed == [])
        bench.pass(.nanoseconds(1))
        #expect(bench.node.unconfirmed == [first.id])
        #expect(Self.contents(try bench.objects()) == ["one", "two"])
        #expect(!bench.isClosed)
    }

    @Test func eachPartHasItsOwnTime() throws {
        let bench = try Self.plain(dialled: true)
        let long = Self.message(String(repeating: "x", count: 5_000))
        try bench.node.act { $0.send(long.frame) }
        for _ in 0..<5 {
            bench.pass(.seconds(9))
            try bench.receive(Self.ack)
        }
        #expect(bench.node.unconfirmed == [])
        #expect(try bench.objects().count == 6)
        bench.pass(.seconds(10))
        #expect(bench.node.unconfirmed == [long.id])
    }

    /// While we do not read, an ack may lie there unread.
    @Test func whoIsNotHeardIsNotLate() throws {
        let bench = try Self.plain(dialled: true)
        let first = Self.message("one")
        try bench.node.act { link in
            link.send(first.frame)
            link.setReading(false)
        }
        bench.pass(.minutes(1))
        try bench.node.act { $0.setReading(true) }
        bench.pass(.seconds(9))
        #expect(bench.node.unconfirmed == [])
        try bench.receive(Self.ack)
        #expect(bench.node.frames == [.receipt(Receipt(id: first.id, state: .delivered))])
    }

    @Test(arguments: ["nonsense", #"{"sender": "bob"]"#, "[1]", "\u{FEFF}{}"])
    func aParseErrorEndsItWithoutAWord(text: String) throws {
        let bench = try Self.plain()
        try bench.receive(Self.said("good") + text)
        // The ack for what was good, and nothing that the seed would print.
        #expect(Self.contents(try bench.objects()) == [SeedEncoder.ackContent])
        #expect(bench.isClosed)
        #expect(bench.node.closed.count == 1)
        #expect(bench.node.closed.first?.hasPrefix("it broke the protocol") == true)
    }

    @Test func whoOnlyEverTalksNonsenseIsNoSession() throws {
        let bench = try Self.plain()
        try bench.receive("GET / HTTP/1.1\r\n\r\n")
        #expect(try bench.writes() == [])
        #expect(bench.isClosed)
        #expect(bench.node.opened.isEmpty)
        #expect(bench.node.failures.map(\.reason) == [.badHello])
        #expect(bench.floor.connectionCount == 0)
    }

    @Test func whoSaysNothingThatWeKnowIsNoSessionYet() throws {
        let bench = try Self.plain()
        try bench.receive("  {}" + #"{"type":"dance"}"# + Self.ack)
        bench.pass(.hours(1))
        #expect(bench.node.opened.isEmpty)
        #expect(!bench.isClosed)
        try bench.receive(Self.said("hello"))
        #expect(bench.node.opened.count == 1)
    }

    @Test func aGoodbyeIsNoObject() throws {
        let bench = try Self.plain(dialled: true)
        try bench.node.act { link in
            link.send(.ping)
            link.send(.typing(Typing(active: true)))
            link.close(Bye(reason: .quit))
        }
        bench.loop.run()
        #expect(try bench.writes() == [])
        #expect(bench.isClosed)
    }

    @Test func oneSessionTooManyIsNotToldSo() throws {
        var limits = TransportConfiguration.Limits()
        limits.sessions = 0
        let bench = try SessionBench(encrypted: false, limits: limits)
        try bench.connect()
        try bench.receive(Self.said("hello"))
        #expect(try bench.writes() == [])
        #expect(bench.node.failures.map(\.reason) == [.overloaded])
        #expect(bench.isClosed)
    }

    @Test func presenceIsAnObjectByItself() throws {
        let bench = try Self.plain(dialled: true)
        let presence = UserPresence(
            action: .online, username: "alice", ip: "192.0.2.2", port: 5_556)
        try bench.node.act { link in
            link.send(.presence(presence))
            link.send(.presenceList(PresenceList(users: [])))
        }
        bench.loop.run()
        #expect(
            try bench.objects() == [.presence(presence), .presenceList(PresenceList(users: []))])
    }

    // MARK: Inside TLS

    private static func wrapped(dialled: Bool) throws -> SessionBench {
        let dial = dialled ? Dial(PeerAddress(host: "192.0.2.1", port: 5_555), expected: nil) : nil
        let bench = try SessionBench(dial: dial)
        try bench.connect()
        try bench.shakeHands(alpn: nil)
        return bench
    }

    @Test func whoDialsUsWithoutAnALPNIsASessionAtOnce() throws {
        let bench = try Self.wrapped(dialled: false)
        let details = try #require(bench.node.opened.first)
        #expect(details.dialect == .seed)
        #expect(try details.fingerprint == SessionBench.presented().fingerprint)
        #expect(try bench.writes() == [])
    }

    /// A server may still refuse our certificate when the handshake is over for us: what was
    /// written before would be lost.
    @Test func aServerHasAMomentToRefuseUs() throws {
        let bench = try Self.wrapped(dialled: true)
        #expect(bench.node.opened.isEmpty)
        bench.channel.pipeline.fireErrorCaught(TLSFailure.refusedByPeer(TLSAlert(code: 48)))
        bench.loop.run()
        #expect(bench.node.failures.map(\.reason) == [.refusedByPeer])
        #expect(bench.failedDials.count == 1)
        bench.pass(.minutes(5))
        #expect(bench.node.opened.isEmpty)
    }

    @Test func aServerThatLetsTheMomentPassHasAcceptedUs() throws {
        let bench = try Self.wrapped(dialled: true)
        bench.pass(.seconds(1))
        #expect(bench.node.opened.count == 1)
        // Nor does the handshake's deadline hold any longer.
        bench.pass(.minutes(5))
        #expect(!bench.isClosed)
    }

    @Test func aServerThatSpeaksHasAcceptedUs() throws {
        let bench = try Self.wrapped(dialled: true)
        try bench.receive("\n")
        #expect(bench.node.opened.count == 1)
        try bench.receive(Self.said("hello"))
        #expect(Self.contents(bench.node.frames) == ["hello"])
    }
}
