import ChatWire
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// One timer for all sessions: who is woken, and when.
@Suite struct PingScheduleTests {
    @Test func sessionsShareAWakeUp() throws {
        let first = try SessionBench.open()
        var later: [SessionBench] = []
        for _ in 0..<3 {
            first.pass(.milliseconds(300))
            later.append(try SessionBench.open(beside: first))
        }
        first.pass(.milliseconds(29_100))
        #expect(try first.sent() == [.ping])
        first.pass(.seconds(1) - .nanoseconds(1))
        #expect(try later.flatMap { try $0.sent() } == [])
        first.pass(.nanoseconds(1))
        for bench in later { #expect(try bench.sent() == [.ping]) }
    }

    /// More of them than are looked at in one turn.
    @Test func manyAtOnceAreAllAsked() throws {
        let first = try SessionBench.open()
        let others = try (0..<200).map { _ in try SessionBench.open(beside: first) }
        for _ in 0..<3 {
            first.pass(.seconds(30))
            for bench in others + [first] {
                #expect(try bench.sent() == [.ping])
                try bench.receive(#"{"type":"pong"}"# + "\n")
            }
        }
    }

    @Test func whatIsFoundDeadEndsAndTheRestGoesOn() throws {
        let first = try SessionBench.open()
        let others = try (0..<9).map { _ in try SessionBench.open(beside: first) }
        for second in 1...100 {
            first.pass(.seconds(1))
            if second % 30 == 0 {
                for bench in others where !bench.isClosed { try bench.receive(" ") }
            }
        }
        #expect(first.isClosed)
        #expect(others.allSatisfy { !$0.isClosed })
        #expect(first.node.closed == ["no sign of life"])
    }

    @Test func withoutSessionsThereIsNoTimer() throws {
        let bench = try SessionBench.open()
        let other = try SessionBench.open(beside: bench)
        #expect(bench.floor.pings.isSet)
        bench.handler.cut("over")
        bench.loop.run()
        #expect(bench.isClosed)
        #expect(bench.floor.pings.isSet)
        other.handler.cut("over")
        bench.loop.run()
        #expect(!bench.floor.pings.isSet)
        #expect(bench.handler.wakesAt == nil)
    }
}
