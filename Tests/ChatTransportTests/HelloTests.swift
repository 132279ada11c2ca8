import ChatCore
import ChatTLS
import ChatWire
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// From the end of the TLS handshake to the first frame.
@Suite struct HelloTests {
    private static func bench() throws -> SessionBench {
        let bench = try SessionBench()
        try bench.connect()
        try bench.shakeHands()
        return bench
    }

    @Test func oursGoesOutWithTheHandshake() throws {
        let bench = try SessionBench()
        try bench.connect()
        #expect(try bench.sent() == [])
        try bench.shakeHands()
        #expect(
            try bench.sent() == [
                .hello(
                    Hello(
                        username: "alice", features: [], instance: "0123456789abcdef",
                        timestamp: 1_764_000_000))
            ])
        #expect(bench.node.opened.isEmpty)
    }

    @Test(arguments: [Int.max, 1])
    func thePeersOpensTheSession(chunk: Int) throws {
        let bench = try Self.bench()
        try bench.receive(
            #"{"type":"hello","version":1,"username":"bob","port":5556,"instance":"x"}"# + "\n",
            chunk: chunk)
        let details = try #require(bench.node.opened.first)
        #expect(bench.node.opened.count == 1)
        #expect(try details.fingerprint == SessionBench.presented().fingerprint)
        #expect(details.certificateName == "bob")
        #expect(details.direction == .inbound)
        #expect(details.dialect == .native)
        #expect(details.remote == PeerAddress(host: "192.0.2.1", port: 50_000))
        #expect(details.dialled == nil)
        #expect(details.localHost == "192.0.2.2")
        #expect(details.hello?.port == 5_556)
        #expect(details.hello?.instance == "x")
        #expect(details.security == "TLSv1.3 TLS_AES_256_GCM_SHA384 x25519")
        #expect(bench.node.failures.isEmpty)
    }

    @Test(arguments: [Int.max, 1, 3])
    func whatFollowsItInTheSameReadIsHeard(chunk: Int) throws {
        let bench = try Self.bench()
        try bench.receive(
            "\n" + SessionBench.peersHello + #"{"type":"typing","active":true}"# + "\n",
            chunk: chunk)
        #expect(bench.node.opened.count == 1)
        #expect(bench.node.frames == [.typing(Typing(active: true))])
    }

    /// Line, and the code of the error frame that answers it.
    static let refused: [(String, ErrorFrame.Code)] = [
        (#"{"type":"hello","version":2,"username":"bob"}"#, .unsupportedVersion),
        (#"{"type":"hello","version":0,"username":"bob"}"#, .unsupportedVersion),
        (#"{"type":"hello","version":"1","username":"bob"}"#, .badFrame),
        (#"{"type":"hello","version":1,"username":""}"#, .badFrame),
        (#"{"type":"message","sender":"bob","content":"hi","timestamp":1}"#, .unexpectedFrame),
        (#"{"type":"ping"}"#, .unexpectedFrame),
        (#"{"type":"something new"}"#, .unexpectedFrame),
        (String(repeating: "x", count: 8_193), .lineTooLong),
        (
            #"{"type":"hello","version":1,"username":"bob","x":""#
                + String(repeating: "y", count: 9_000) + #""}"#, .lineTooLong
        ),
        ("GET / HTTP/1.1\r", .badJSON),
    ]

    @Test(arguments: refused)
    func anythingElseIsRefusedWithItsReason(line: String, code: ErrorFrame.Code) throws {
        let bench = try Self.bench()
        _ = try bench.sent()
        try bench.receive(line + "\n" + SessionBench.peersHello)
        guard case .error(let error)? = try bench.sent().first else {
            Issue.record("no error frame")
            return
        }
        #expect(error.code == code)
        #expect(bench.node.opened.isEmpty)
        let failure = try #require(bench.node.failures.first)
        #expect(bench.node.failures.count == 1)
        #expect(failure.reason == .badHello)
        #expect(failure.detail == error.reason)
        #expect(try failure.fingerprint == SessionBench.presented().fingerprint)
        #expect(bench.isClosed)
        #expect(bench.floor.connectionCount == 0)
    }

    @Test func thePeersRefusalIsNotAnswered() throws {
        let bench = try Self.bench()
        _ = try bench.sent()
        try bench.receive(#"{"type":"error","code":"unsupported-version","reason":"Old."}"# + "\n")
        #expect(try bench.sent() == [])
        #expect(bench.node.failures.map(\.reason) == [.badHello])
        #expect(bench.node.failures.first?.detail == "Old.")
        #expect(bench.isClosed)
    }

    @Test func byeInPlaceOfAHelloIsTheEnd() throws {
        let bench = try Self.bench()
        _ = try bench.sent()
        try bench.receive(#"{"type":"bye","reason":"overloaded"}"# + "\n")
        #expect(try bench.sent() == [])
        #expect(bench.node.failures.map(\.reason) == [.closed])
        #expect(bench.node.failures.first?.detail == "overloaded")
        #expect(bench.isClosed)
    }

    @Test func onePastTheDeadlineIsTooLate() throws {
        let bench = try Self.bench()
        _ = try bench.sent()
        bench.pass(.seconds(10) - .nanoseconds(1))
        #expect(!bench.isClosed)
        bench.pass(.nanoseconds(1))
        guard case .error(let error)? = try bench.sent().first else {
            Issue.record("no error frame")
            return
        }
        #expect(error.code.rawValue == "timeout")
        #expect(bench.node.failures.map(\.reason) == [.timeout])
        #expect(bench.isClosed)
        #expect(bench.floor.connectionCount == 0)
    }

    /// Half a line keeps nobody connected.
    @Test func aDripDoesNotPutOffTheDeadline() throws {
        let bench = try Self.bench()
        for _ in 0..<20 {
            try bench.receive("{")
            bench.pass(.milliseconds(500))
        }
        #expect(bench.node.failures.map(\.reason) == [.timeout])
        #expect(bench.isClosed)
    }

    @Test func aHandshakeThatNeverEndsIsTooLateAsWell() throws {
        let bench = try SessionBench()
        try bench.connect()
        bench.pass(.seconds(10))
        #expect(try bench.writes() == [])
        #expect(bench.node.failures.map(\.reason) == [.timeout])
        #expect(bench.isClosed)
    }

    /// Name look-up, TCP, TLS and hello have one deadline together.
    @Test func aDialsDeadlineBeginsWithTheDial() throws {
        let dial = Dial(PeerAddress(host: "bob.example", port: 5_555), expected: nil)
        let bench = try SessionBench(dial: dial)
        bench.pass(.seconds(7))
        try bench.connect()
        try bench.shakeHands()
        bench.pass(.seconds(3))
        let failure = try #require(bench.node.failures.first)
        #expect(failure.reason == .timeout)
        #expect(failure.direction == .outbound)
        #expect(failure.address == dial.address)
        #expect(bench.failedDials.count == 1)
        #expect(bench.node.failures.count == 1)
    }

    @Test func theDeadlineEndsWithTheHello() throws {
        let bench = try Self.bench()
        bench.pass(.seconds(9))
        try bench.receive(SessionBench.peersHello)
        bench.pass(.seconds(20))
        #expect(!bench.isClosed)
        #expect(bench.node.failures.isEmpty)
    }

    @Test func oneSessionTooManyIsToldSo() throws {
        var limits = TransportConfiguration.Limits()
        limits.sessions = 0
        let bench = try SessionBench(limits: limits)
        try bench.connect()
        try bench.shakeHands()
        _ = try bench.sent()
        try bench.receive(SessionBench.peersHello)
        #expect(try bench.sent() == [.bye(Bye(reason: .overloaded))])
        #expect(bench.node.opened.isEmpty)
        #expect(bench.node.failures.map(\.reason) == [.overloaded])
        #expect(bench.isClosed)
    }

    @Test func whateverElseHappensToItIsToldOnce() throws {
        let bench = try Self.bench()
        try bench.receive("nonsense\n")
        bench.channel.pipeline.fireErrorCaught(TLSFailure.truncated)
        bench.channel.pipeline.fireChannelInactive()
        bench.pass(.minutes(5))
        #expect(bench.node.failures.count == 1)
        #expect(bench.node.closed.isEmpty)
    }
}
