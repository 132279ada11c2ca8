import Testing

@testable import ChatCore

@Suite("A rate")
struct TokenBucketTests {
    private func taken(_ bucket: inout TokenBucket, at now: Double, tries: Int = 1_000) -> Int {
        (0..<tries).count { _ in bucket.take(now: now) }
    }

    @Test("gives so much at once, and then so much a second")
    func rate() {
        var bucket = TokenBucket(capacity: 5, perSecond: 0.5)
        #expect(taken(&bucket, at: 100) == 5)
        #expect(taken(&bucket, at: 101) == 0)
        #expect(taken(&bucket, at: 102) == 1)
        #expect(taken(&bucket, at: 106) == 2)
    }

    @Test("never saves up more than its capacity")
    func capacity() {
        var bucket = TokenBucket(capacity: 5, perSecond: 0.5)
        #expect(taken(&bucket, at: 0) == 5)
        #expect(taken(&bucket, at: 1e12) == 5)
    }

    @Test("gives nothing for a clock that jumps back, and goes on from there")
    func backwards() {
        var bucket = TokenBucket(capacity: 5, perSecond: 0.5)
        #expect(taken(&bucket, at: 1_000) == 5)
        #expect(taken(&bucket, at: 0) == 0)
        #expect(taken(&bucket, at: 2) == 1)
    }

    @Test("is not worn down by a clock that swings")
    func swings() {
        var bucket = TokenBucket(capacity: 5, perSecond: 0.5)
        for swing in 0..<100 {
            #expect(taken(&bucket, at: swing.isMultiple(of: 2) ? 1_000 : 0) <= 5)
        }
    }
}
