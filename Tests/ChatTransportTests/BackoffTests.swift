import ChatTransport
import NIOCore
import TestSupport
import Testing

@Suite struct BackoffTests {
    @Test func pausesDoubleUpToTheLongest() {
        var backoff = Backoff()
        var generator = GreatestGenerator()
        let pauses = (0..<11).map { _ in backoff.next(using: &generator) }
        #expect(
            pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map { TimeAmount.seconds($0) })
    }

    @Test func eachPauseIsSpreadOverTheUpperHalfOfItsStep() {
        var backoff = Backoff()
        var generator = SeededGenerator(seed: 1)
        for step in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] as [Int64] {
            let pause = backoff.next(using: &generator)
            #expect(pause >= .milliseconds(step * 500))
            #expect(pause <= .seconds(step))
        }
    }

    @Test func twoPeersDoNotComeBackTogether() {
        var (one, other) = (Backoff(), Backoff())
        var (first, second) = (SeededGenerator(seed: 1), SeededGenerator(seed: 2))
        for _ in 0..<10 {
            let pauses = (one.next(using: &first), other.next(using: &second))
            #expect(pauses.0 != pauses.1)
        }
    }

    @Test func theLimitsAreTheCallers() {
        var limits = Backoff.Limits()
        limits.first = .milliseconds(10)
        limits.longest = .milliseconds(25)
        var backoff = Backoff(limits)
        var generator = GreatestGenerator()
        let pauses = (0..<4).map { _ in backoff.next(using: &generator) }
        #expect(pauses == [10, 20, 25, 25].map { TimeAmount.milliseconds($0) })
    }
}
