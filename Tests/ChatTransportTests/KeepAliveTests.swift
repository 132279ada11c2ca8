import NIOCore
import Testing

@testable import ChatTransport

/// The arithmetic; what a session does with it is in ``SessionKeepAliveTests``.
@Suite struct KeepAliveTests {
    private static let limits = TransportConfiguration.Limits()

    private final class Bench {
        var keepAlive = KeepAlive(now: .uptimeNanoseconds(0))
        var reading = KeepAlive.Reading()

        init() { _ = keepAlive.begin(at: time(0), KeepAliveTests.limits) }

        func step(_ seconds: Int64) -> KeepAlive.Step {
            keepAlive.step(at: time(seconds), reading, KeepAliveTests.limits)
        }
        func heard(_ seconds: Int64) { keepAlive.heard(at: time(seconds)) }
        func probe(_ seconds: Int64) -> NIODeadline? {
            keepAlive.probe(at: time(seconds), KeepAliveTests.limits)
        }
    }

    private static func time(_ seconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(0) + .seconds(seconds)
    }

    private let bench = Bench()

    @Test func silenceIsAskedTwiceAndThenTheEnd() {
        #expect(bench.step(30) == .ping(next: Self.time(60)))
        #expect(bench.step(60) == .ping(next: Self.time(75)))
        #expect(bench.step(75) == .lost("no sign of life"))
    }

    @Test func anythingHeardStartsTheClocksAnew() {
        bench.heard(29)
        #expect(bench.step(30) == .wait(until: Self.time(59)))
        #expect(bench.step(59) == .ping(next: Self.time(89)))
        bench.heard(60)
        #expect(bench.step(89) == .wait(until: Self.time(90)))
        #expect(bench.step(90) == .ping(next: Self.time(120)))
        #expect(bench.step(120) == .ping(next: Self.time(135)))
        #expect(bench.step(135) == .lost("no sign of life"))
    }

    /// The program was stopped, and what the peer said meanwhile lies there unread.
    @Test func ourOwnSleepIsNotThePeersSilence() {
        #expect(bench.step(30) == .ping(next: Self.time(60)))
        #expect(bench.step(60) == .ping(next: Self.time(75)))
        // Not the end: ten seconds of its time are left.
        #expect(bench.step(1_000) == .wait(until: Self.time(1_010)))
        bench.heard(1_001)
        #expect(bench.step(1_010) == .wait(until: Self.time(1_031)))
        // And a peer that has gone meanwhile is found all the same.
        #expect(bench.step(5_000) == .wait(until: Self.time(5_010)))
        #expect(bench.step(5_010) == .ping(next: Self.time(5_040)))
        #expect(bench.step(5_040) == .ping(next: Self.time(5_055)))
        #expect(bench.step(5_055) == .lost("no sign of life"))
    }

    @Test func norIsItAProbeWithoutAnAnswer() {
        #expect(bench.probe(10) == Self.time(20))
        #expect(bench.step(500) == .wait(until: Self.time(510)))
        #expect(bench.step(510) == .lost("no sign of life"))
    }

    @Test func aProbeShortensTheWait() {
        bench.heard(5)
        #expect(bench.probe(10) == Self.time(20))
        // One at a time.
        #expect(bench.probe(11) == nil)
        #expect(bench.step(20) == .lost("no sign of life"))
    }

    @Test func aProbeThatIsAnsweredIsOver() {
        #expect(bench.probe(10) == Self.time(20))
        bench.heard(19)
        #expect(bench.step(20) == .wait(until: Self.time(49)))
        #expect(bench.probe(25) == Self.time(35))
    }

    @Test func aProbeDoesNotPutOffTheEnd() {
        #expect(bench.probe(70) == Self.time(75))
        #expect(bench.step(75) == .lost("no sign of life"))
    }

    @Test func whoDoesNotListenDoesNotComplain() {
        bench.reading.isListening = false
        _ = bench.probe(20)
        #expect(bench.step(30) == .wait(until: Self.time(60)))
        #expect(bench.step(600) == .wait(until: Self.time(630)))
        bench.reading.isListening = true
        bench.heard(610)
        #expect(bench.step(630) == .wait(until: Self.time(640)))
        #expect(bench.step(640) == .ping(next: Self.time(670)))
    }

    @Test func withoutAPingSilenceMeansNothing() {
        bench.reading.canPing = false
        #expect(bench.step(30) == .wait(until: Self.time(60)))
        #expect(bench.step(6_000) == .wait(until: Self.time(6_030)))
    }

    @Test(arguments: [true, false])
    func aPeerThatTalksAndDoesNotReadIsGivenUp(canPing: Bool) {
        bench.reading.canPing = canPing
        bench.reading.written = 1_000
        bench.reading.buffered = 400
        var time: Int64 = 30
        while time < 1_000 {
            bench.heard(time - 1)
            guard case .wait(let next) = bench.step(time) else { break }
            time = (next - Self.time(0)).nanoseconds / 1_000_000_000
            // Encryption makes more of what is written, and that is no progress.
            bench.reading.written += 1_000
            bench.reading.buffered += 1_022
        }
        // Noticed at 30 s, and given 75 more.
        #expect(time == 105)
        #expect(bench.step(time) == .lost("the other side stopped reading"))
    }

    @Test func aPeerThatReadsSlowlyIsKept() {
        bench.reading.written = 8_000_000
        var time: Int64 = 30
        while time < 3_600 {
            bench.heard(time - 1)
            bench.reading.buffered = 8_000_000 - Int(time)
            #expect(bench.step(time) == .wait(until: Self.time(time + 29)))
            time += 29
        }
    }

    @Test func whatIsTakenInTheEndIsNoStall() {
        bench.reading.written = 1_000
        bench.reading.buffered = 1_000
        for time in [30, 59, 88] as [Int64] {
            bench.heard(time - 1)
            #expect(bench.step(time) == .wait(until: Self.time(time == 88 ? 105 : time + 29)))
        }
        bench.heard(104)
        bench.reading.buffered = 0
        #expect(bench.step(105) == .wait(until: Self.time(134)))
        bench.reading.written = 2_000
        bench.reading.buffered = 1_000
        bench.heard(133)
        #expect(bench.step(134) == .wait(until: Self.time(163)))
    }
}
