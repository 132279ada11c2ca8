import ChatCore
import ChatWire
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// What comes and goes on a session that is open.
@Suite struct SessionFramesTests {
    private static func line(_ content: String, id: MessageID = .random()) -> String {
        #"{"type":"message","id":"\#(id)","sender":"bob","content":"\#(content)","timestamp":1}"#
            + "\n"
    }

    private static func contents(_ frames: [Frame]) -> [String] {
        frames.compactMap { if case .message(let message) = $0 { message.content } else { nil } }
    }

    private static let typing = Frame.typing(Typing(active: true))

    @Test(arguments: [Int.max, 1, 5])
    func framesComeInOrderHoweverTheyAreCut(chunk: Int) throws {
        let bench = try SessionBench.open()
        let names = (0..<20).map { "message \($0)" }
        try bench.receive(names.map { Self.line($0) }.joined(), chunk: chunk)
        #expect(Self.contents(bench.node.frames) == names)
    }

    @Test func whatIsSentInOneTurnLeavesInOneWrite() throws {
        let bench = try SessionBench.open()
        try bench.node.act { link in
            for _ in 0..<10 { link.send(Self.typing) }
        }
        #expect(try bench.writes() == [])
        bench.loop.run()
        let writes = try bench.writes()
        #expect(writes.count == 1)
        #expect(writes.first?.split(separator: "\n").count == 10)
    }

    @Test func answersToOneReadLeaveInOneWrite() throws {
        let bench = try SessionBench.open()
        bench.node.onFrames = { link, frames in for frame in frames { link.send(frame) } }
        try bench.receive((0..<10).map { Self.line("\($0)") }.joined())
        let writes = try bench.writes()
        #expect(writes.count == 1)
        #expect(writes.first?.split(separator: "\n").count == 10)
    }

    @Test func aPingIsAnswered() throws {
        let bench = try SessionBench.open()
        try bench.receive(#"{"type":"ping"}"# + "\n")
        #expect(try bench.sent() == [.pong])
        #expect(bench.node.frames.isEmpty)
    }

    @Test func whatIsNotKnownIsIgnored() throws {
        let bench = try SessionBench.open()
        try bench.receive(#"{"type":"dance"}"# + "\n{}\n\n" + #"{"type":"pong"}"# + "\n")
        #expect(try bench.sent() == [])
        #expect(bench.node.frames.isEmpty)
        #expect(!bench.isClosed)
    }

    @Test func aSecondHelloIsRefused() throws {
        let bench = try SessionBench.open()
        try bench.receive(Self.line("before") + SessionBench.peersHello + Self.line("after"))
        #expect(Self.contents(bench.node.frames) == ["before"])
        guard case .error(let error)? = try bench.sent().first else {
            Issue.record("no error frame")
            return
        }
        #expect(error.code == .unexpectedFrame)
        #expect(bench.isClosed)
        #expect(bench.node.closed.count == 1)
    }

    static let breaches: [(String, ErrorFrame.Code)] = [
        ("nonsense", .badJSON), ("[]", .notAnObject), (#"{"type":"ping"}{}"#, .badJSON),
        (#"{"a":1,"a":2}"#, .duplicateKey), ("\u{FEFF}{}", .byteOrderMark),
        (#"{"type":"x"}"# + "\0", .nul), (#"{"type":"message"}"#, .badFrame),
        (#"{"a":"# + String(repeating: "[", count: 60_000), .tooDeep),
        (String(repeating: "x", count: 131_073), .lineTooLong),
    ]

    @Test(arguments: breaches)
    func aBreachIsToldAfterWhatCameBeforeIt(line: String, code: ErrorFrame.Code) throws {
        let bench = try SessionBench.open()
        bench.node.onFrames = { link, frames in for frame in frames { link.send(frame) } }
        try bench.receive(Self.line("good") + line + "\n" + Self.line("late"))
        #expect(Self.contents(bench.node.frames) == ["good"])
        let sent = try bench.sent()
        #expect(Self.contents(sent) == ["good"])
        guard sent.count == 2, case .error(let error) = sent[1] else {
            Issue.record("sent \(sent)")
            return
        }
        #expect(error.code == code)
        #expect(bench.isClosed)
        #expect(bench.node.closed == ["it broke the protocol: \(error.reason)"])
        #expect(bench.floor.connectionCount == 0)
    }

    /// Every byte up to the limit, and then one too many, in small reads.
    @Test func aLineWithoutEndIsCutAtTheLimit() throws {
        let bench = try SessionBench.open()
        try bench.receive(String(repeating: "x", count: WireLimits.line), chunk: 4_096)
        #expect(!bench.isClosed)
        try bench.receive("x")
        #expect(bench.isClosed)
    }

    @Test(arguments: [
        (#"{"type":"bye","reason":"quit"}"#, "said goodbye"),
        (#"{"type":"error","code":"bad-json","reason":"No."}"#, "the other side reported an error"),
    ])
    func nothingFollowsALastWord(line: String, reason: String) throws {
        let bench = try SessionBench.open()
        try bench.receive(
            Self.line("before") + line + "\n" + Self.line("after") + "nonsense\n")
        try bench.receive(Self.line("later"))
        #expect(Self.contents(bench.node.frames) == ["before"])
        #expect(bench.node.frames.count == 2)
        // It is not answered, not even with an error of ours.
        #expect(try bench.sent() == [])
        #expect(bench.isClosed)
        #expect(bench.node.closed == [reason])
    }

    @Test func theNodeMaySpeakAndLeaveWhileTheSessionOpens() throws {
        let bench = try SessionBench()
        bench.node.onOpened = { link in
            link.send(Self.typing)
            link.close(Bye(reason: .rejected))
            link.send(Self.typing)
        }
        try bench.connect()
        try bench.shakeHands()
        _ = try bench.sent()
        try bench.receive(SessionBench.peersHello + Self.line("in the same read"))
        #expect(bench.node.frames.isEmpty)
        #expect(try bench.sent() == [Self.typing, .bye(Bye(reason: .rejected))])
        #expect(bench.isClosed)
        #expect(bench.node.closed == ["closed"])
    }

    /// And what came wrong after it has nobody left to be told.
    @Test func theNodeMayLeaveWhileItIsGivenFrames() throws {
        let bench = try SessionBench.open()
        bench.node.onFrames = { link, _ in
            link.close(Bye(reason: .quit))
            link.close(Bye(reason: .rejected))
        }
        try bench.receive(Self.line("one") + "nonsense\n")
        #expect(try bench.sent() == [.bye(Bye(reason: .quit))])
        #expect(bench.isClosed)
        #expect(bench.node.closed == ["closed"])
    }

    @Test func whatTheNodeSendsWhileItIsGivenFramesIsNotLost() throws {
        let bench = try SessionBench.open()
        var count = 0
        bench.node.onFrames = { link, _ in
            count += 1
            link.setReading(false)
            link.send(Self.typing)
            link.probe()
            link.setReading(true)
        }
        try bench.receive((0..<50).map { Self.line("\($0)") }.joined(), chunk: 7)
        #expect(Self.contents(bench.node.frames).count == 50)
        let sent = try bench.sent()
        #expect(sent.filter { $0 == Self.typing }.count == count)
        #expect(sent.contains(.ping))
    }

    @Test func goodbyeGoesOutAfterWhatWasQueued() throws {
        let bench = try SessionBench.open()
        try bench.node.act { link in
            link.send(Self.typing)
            link.close(Bye(reason: .quit))
        }
        bench.loop.run()
        #expect(try bench.sent() == [Self.typing, .bye(Bye(reason: .quit))])
        #expect(bench.isClosed)
        #expect(bench.node.closed == ["closed"])
        // The node may still hold the link.
        try bench.node.act { link in
            link.send(Self.typing)
            link.setReading(false)
            link.probe()
            link.close(Bye(reason: .quit))
        }
        bench.pass(.minutes(5))
        #expect(try bench.sent() == [])
        #expect(bench.node.closed.count == 1)
    }
}
