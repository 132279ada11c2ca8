import Synchronization
import Testing

@testable import ChatCore

@Suite("Events reach the one who shows them")
struct NodeEventsTests {
    private func event(_ number: Int) -> NodeEvent {
        .listening(PeerAddress(host: "\(number)", port: 1))
    }

    private func numbers(_ events: NodeEvents) async -> [Int] {
        var numbers: [Int] = []
        for await event in events {
            if case .listening(let address) = event { numbers.append(Int(address.host) ?? -1) }
        }
        return numbers
    }

    @Test("in order, all of them, before the end")
    func order() async {
        let events = NodeEvents()
        for number in 0..<10_000 { events.push(event(number)) }
        events.finish()
        #expect(await numbers(events) == Array(0..<10_000))
        #expect(await numbers(events) == [])
    }

    @Test("in order while they are taken on another thread")
    func concurrently() async throws {
        let events = NodeEvents()
        let taken = Task { await numbers(events) }
        for number in 0..<20_000 { events.push(event(number)) }
        events.finish()
        #expect(try await within("the consumer") { await taken.value } == Array(0..<20_000))
    }

    @Test("an observer is told of each at once, whether or not anybody takes it")
    func observed() async {
        let events = NodeEvents()
        let seen = Mutex<[String]>([])
        events.push(event(0))
        events.observe { event in
            if case .listening(let address) = event { seen.withLock { $0.append(address.host) } }
        }
        for number in 1...3 { events.push(event(number)) }
        #expect(seen.withLock { $0 } == ["1", "2", "3"])
        events.observe(nil)
        events.push(event(4))
        #expect(seen.withLock { $0 }.count == 3)
        events.finish()
        #expect(await numbers(events) == [0, 1, 2, 3, 4])
    }

    @Test("none is taken after the end")
    func afterTheEnd() async {
        let events = NodeEvents()
        events.push(event(1))
        events.finish()
        events.push(event(2))
        events.finish()
        #expect(await numbers(events) == [1])
    }

    @Test("the end wakes a consumer that waits")
    func endWhileWaiting() async throws {
        let events = NodeEvents()
        let consumer = Task { await numbers(events) }
        events.push(event(1))
        events.finish()
        #expect(try await within("the consumer") { await consumer.value } == [1])
    }

    @Test("a consumer that is cancelled gets nil, and another goes on where it left off")
    func cancellation() async throws {
        let events = NodeEvents()
        let waiting = Task { await numbers(events) }
        waiting.cancel()
        #expect(try await within("the cancelled consumer") { await waiting.value } == [])
        events.push(event(1))
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await numbers(events)
        }
        #expect(await late.value == [])
        events.finish()
        #expect(await numbers(events) == [1])
    }

    @Test("cancelling at any moment loses nothing", arguments: 0..<50)
    func cancellationRace(round: Int) async throws {
        let events = NodeEvents()
        let first = Task { await numbers(events) }
        let pushing = Task { for number in 0..<100 { events.push(event(number)) } }
        let cancelling = Task { first.cancel() }
        await cancelling.value
        await pushing.value
        let before = try await within("the cancelled consumer") { await first.value }
        events.finish()
        #expect(await before + numbers(events) == Array(0..<100))
    }

    @Test("of two consumers that ask at once one gets nil, and the other is not stranded")
    func twoConsumers() async throws {
        let events = NodeEvents()
        let all = try await within("both consumers") {
            await withTaskGroup(of: [Int].self) { group in
                for _ in 1...2 { group.addTask { await numbers(events) } }
                // Whoever came second ends at once.
                var all = await group.next() ?? []
                events.push(event(1))
                events.finish()
                for await taken in group { all += taken }
                return all
            }
        }
        #expect(all == [1])
    }

    @Test("past the high mark it says so until it has drained to the low mark")
    func marks() async {
        let events = NodeEvents()
        let reliefs = Mutex(0)
        events.onRelief { reliefs.withLock { $0 += 1 } }
        for number in 0..<NodeEvents.highMark { #expect(!events.push(event(number))) }
        #expect(events.push(event(0)))
        let iterator = events.makeAsyncIterator()
        func take(_ count: Int) async {
            var iterator = iterator
            for _ in 0..<count { _ = await iterator.next() }
        }
        await take(NodeEvents.highMark - NodeEvents.lowMark)
        // Below the high mark, above the low one: still behind.
        #expect(events.push(event(0)))
        #expect(reliefs.withLock { $0 } == 0)
        await take(2)
        #expect(reliefs.withLock { $0 } == 1)
        #expect(!events.push(event(0)))
        await take(NodeEvents.lowMark)
        #expect(reliefs.withLock { $0 } == 1)
    }
}
