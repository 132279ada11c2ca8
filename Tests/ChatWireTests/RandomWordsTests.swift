import Testing

@testable import ChatWire

/// Random numbers that are drawn some at a time.
@Suite struct RandomWordsTests {
    @Test func noneComesTwiceWhoeverAsks() async {
        let drawn = await withTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<2_000).map { _ in RandomWords.next() }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(drawn.count == 16_000)
        // Of so few of 64 bits two are equal once in a hundred billion runs.
        #expect(Set(drawn).count == drawn.count)
        // Each bit is set in about a half; a hundred standard deviations off is a bit that is stuck.
        for bit in 0..<64 {
            let set = drawn.count { $0 >> UInt64(bit) & 1 == 1 }
            #expect((2_000...14_000).contains(set), "bit \(bit)")
        }
    }

    @Test func areDrawnWhenThereAreNoneLeftAndWipedWhenHandedOut() {
        var pool = RandomWords.Pool()
        var next: UInt64 = 1
        var draws = 0
        func fill(_ words: inout [UInt64]) {
            draws += 1
            for index in words.indices {
                words[index] = next
                next += 1
            }
        }
        var seen: Set<UInt64> = []
        for _ in 0..<3 * pool.words.count {
            #expect(seen.insert(pool.next(forks: 0, now: 0, fill: fill)).inserted)
            #expect(pool.words.filter { $0 != 0 }.count == pool.left)
            #expect(seen.isDisjoint(with: pool.words))
        }
        #expect(draws == 3)
        #expect(pool.left == 0)
    }

    /// A forked process would else say what the one it comes from is going to say.
    @Test func whatWasDrawnBeforeAForkIsNotUsedAfterIt() {
        var pool = RandomWords.Pool()
        _ = pool.next(forks: 0, now: 0) { for index in $0.indices { $0[index] = 1 } }
        #expect(pool.next(forks: 0, now: 0) { _ in } == 1)
        let anew = pool.next(forks: 1, now: 0) { for index in $0.indices { $0[index] = 2 } }
        #expect(anew == 2)
        #expect(pool.next(forks: 1, now: 0) { _ in } == 2)
    }

    /// A virtual machine that goes on from a snapshot would else say what it said before.
    @Test func whatWasDrawnIsNotUsedForLong() {
        let lifetime = RandomWords.Pool.lifetime
        var pool = RandomWords.Pool()
        var draws: UInt64 = 0
        func fill(_ words: inout [UInt64]) {
            draws += 1
            for index in words.indices { words[index] = draws }
        }
        #expect(pool.next(forks: 0, now: 5, fill: fill) == 1)
        #expect(pool.next(forks: 0, now: 5 + lifetime, fill: fill) == 1)
        #expect(pool.next(forks: 0, now: 6 + lifetime, fill: fill) == 2)
        #expect(pool.next(forks: 0, now: 6 + lifetime, fill: fill) == 2)
        // A clock that goes back says nothing of how long it was.
        #expect(pool.next(forks: 0, now: 0, fill: fill) == 3)
    }
}
