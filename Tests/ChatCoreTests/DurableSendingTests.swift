import ChatValues
import ChatWire
import Testing

@testable import ChatCore

@Suite("A message of ours is on disk before it is queued")
struct DurableSendingTests {
    private func alice(
        _ messages: MemoryMessages = MemoryMessages(), addresses: [PeerAddress] = []
    ) async throws -> TestNode {
        try await TestNode(
            contacts: [.test("bob", 2, addresses: addresses), .test("carol", 3)],
            messages: messages)
    }

    @Test("queued comes after the commit, and so does what goes out")
    func order() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        _ = try await alice.events()
        alice.messages.hold()
        let sending = Task { try await alice.node.send("hi", to: "bob", reference: "r") }
        try await alice.messages.waitForHeld()
        #expect(try await alice.told() == [])
        #expect(link.messages.isEmpty)
        alice.messages.release()
        let id = try await sending.value
        #expect(try await alice.told() == ["queued bob r", "sent bob r"])
        #expect(link.messages.map(\.id) == [id])
        #expect(alice.messages.states(to: 2) == [.queued])
    }

    @Test("calls that do not wait for each other keep their order, on disk and on the wire")
    func callers() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        alice.messages.hold()
        for number in 0..<100 { try await alice.node.post("\(number)", to: "bob") }
        alice.messages.release()
        await alice.settle()
        let expected = (0..<100).map { "\($0)" }
        #expect(link.contents == expected)
        #expect(alice.messages.texts(.outgoing, 2) == expected)
    }

    @Test("waits across a restart, and goes out in order, without a reference")
    func restart() async throws {
        let first = try await alice()
        for content in ["a", "b", "c"] {
            try await first.node.send(content, to: "bob", reference: content)
        }
        await first.node.stop()
        let second = try await alice(first.messages)
        try await second.node.send("d", to: "bob", reference: "d")
        let link = await second.open(1, 2)
        #expect(link.contents == ["a", "b", "c", "d"])
        _ = try await second.events()
        await second.acknowledge(1, link.messages)
        #expect(
            try await second.told()
                == ["delivered bob", "delivered bob", "delivered bob", "delivered bob d"])
        #expect(second.messages.states(to: 2) == [.delivered, .delivered, .delivered, .delivered])
        #expect(await second.node.undelivered().isEmpty)
    }

    @Test("what waits is read once, and what is sent then is not read back")
    func reading() async throws {
        let first = try await alice()
        for number in 0..<100 { try await first.node.send("\(number)", to: "bob") }
        await first.node.stop()
        let second = try await alice(first.messages)
        let before = second.messages.pages
        let link = await second.open(1, 2)
        // A full page of 64, and one that is not full: there is no more.
        #expect(second.messages.pages == before + 2)
        for number in 100..<110 {
            try await second.node.send("\(number)", to: "bob")
            await second.settle()
        }
        #expect(second.messages.pages == before + 2)
        #expect(link.contents == (0..<110).map { "\($0)" })
    }

    @Test("what was on the wire when the program died goes out again, and is told once")
    func killed() async throws {
        let first = try await alice()
        let before = await first.open(1, 2)
        for content in ["a", "b"] { try await first.node.send(content, to: "bob") }
        #expect(before.contents == ["a", "b"])
        // Killed: no goodbye, nothing more written.
        let second = try await alice(first.messages)
        let link = await second.open(1, 2)
        #expect(link.messages.map(\.id) == before.messages.map(\.id))
        await second.acknowledge(1, link.messages)
        await second.acknowledge(1, link.messages)
        #expect(try await second.told().filter { $0 == "delivered bob" }.count == 2)
    }

    @Test("a receipt that is not on disk yet does not make the message go out again")
    func pendingMark() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        for content in ["a", "b"] { try await alice.node.send(content, to: "bob") }
        alice.messages.hold()
        await alice.acknowledge(1, Array(link.messages.prefix(1)))
        // It has waited for company long enough.
        try await alice.clock.waitForSleeper(0.05)
        alice.clock.advance(0.05)
        try await alice.messages.waitForHeld()
        await alice.acknowledge(1, Array(link.messages.suffix(1)))
        await alice.close(1)
        let next = RecordingLink()
        await alice.open(2, 2, next)
        alice.messages.release()
        await alice.settle()
        #expect(next.messages.isEmpty)
        #expect(alice.messages.states(to: 2) == [.delivered, .delivered])
    }

    @Test("many that wait are read bit by bit, and none overtakes another")
    func backlog() async throws {
        let count = 4_000
        let first = try await alice()
        for number in 0..<count { try await first.node.post("\(number)", to: "bob") }
        await first.node.stop()
        let second = try await alice(first.messages)
        let link = await second.open(1, 2)
        #expect(link.messages.count == 1_024)
        var acknowledged = 0
        while acknowledged < count {
            let most = await second.node.inMemory
            #expect(most <= 1_024 + 2 * 1_024)
            // New ones wait behind those that are still on disk.
            try await second.node.send("new", to: "bob")
            let due = Array(link.messages.dropFirst(acknowledged).prefix(500))
            acknowledged += due.count
            await second.acknowledge(1, due)
        }
        #expect(Array(link.contents.prefix(count)) == (0..<count).map { "\($0)" })
        await second.acknowledge(1, Array(link.messages.dropFirst(acknowledged)))
        #expect(Set(link.contents.dropFirst(count)) == ["new"])
        #expect(Set(link.messages.map(\.id)).count == link.messages.count)
        #expect(await second.node.undelivered().isEmpty)
    }

    @Test("what waits for somebody who is away costs no memory")
    func memory() async throws {
        let alice = try await alice()
        for number in 0..<2_500 { try await alice.node.post("\(number)", to: "bob") }
        await alice.settle()
        #expect(await alice.node.inMemory == 0)
        _ = await alice.open(1, 2)
        #expect(await alice.node.inMemory > 1_024)
        await alice.close(1)
        #expect(await alice.node.inMemory == 0)
        #expect(await alice.node.undelivered().map(\.count) == [2_500])
    }

    @Test("a damaged one is never sent: it is said once, and stepped over")
    func damaged() async throws {
        let alice = try await alice()
        var ids: [MessageID] = []
        for content in ["a", "b", "c"] {
            ids.append(try await alice.node.send(content, to: "bob", reference: content))
        }
        alice.messages.damage(ids[1])
        _ = try await alice.events()
        let link = await alice.open(1, 2)
        #expect(link.contents == ["a", "c"])
        let failure = try #require(try await alice.failures().first)
        #expect(failure.code == .storage)
        #expect(failure.reference == "b")
        #expect(failure.description.contains("\(ids[1])"))
        await alice.close(1)
        _ = await alice.open(2, 2)
        #expect(try await alice.failures().isEmpty)
        // Whoever forgets it is rid of it.
        #expect(try await alice.node.forget(.message(ids[1], .outgoing, with: .test(2))) == 1)
    }

    @Test("a disk that can't be read is told, and tried again")
    func unreadable() async throws {
        let alice = try await alice()
        try await alice.node.send("a", to: "bob")
        alice.messages.failReads(with: StoreFailure(.unreadable, "No."))
        _ = try await alice.events()
        let (link, sent) = (RecordingLink(), Signal())
        link.onSend { _ in sent.notify() }
        await alice.open(1, 2, link)
        #expect(link.messages.isEmpty)
        #expect(try await alice.failures().map(\.code) == [.storage])
        alice.messages.failReads(with: nil)
        try await alice.clock.waitForSleeper(30)
        alice.clock.advance(30)
        try await sent.wait("the message") { !link.messages.isEmpty }
        #expect(link.contents == ["a"])
    }

    @Test("what is in line at the end is on disk after it, and what comes later is refused")
    func stopping() async throws {
        let alice = try await alice()
        alice.messages.hold()
        let first = Task { try await alice.node.send("a", to: "bob") }
        try await alice.messages.waitForHeld()
        try await alice.node.post("b", to: "bob")
        let stopping = Task { await alice.node.stop() }
        alice.messages.release()
        await stopping.value
        _ = try await first.value
        #expect(alice.messages.texts(.outgoing, 2) == ["a", "b"])
        let error = await #expect(throws: NodeFailure.self) {
            try await alice.node.send("c", to: "bob")
        }
        #expect(error?.code == .stopping)
    }

    @Test("a contact is gone after once the message is on disk")
    func reaches() async throws {
        let alice = try await alice(addresses: [.bob])
        let before = alice.transport.hurried
        for number in 0..<10 { try await alice.node.post("\(number)", to: "bob") }
        await alice.settle()
        #expect(alice.transport.hurried > before)
    }

    @Test("to a contact that is removed it stays, and goes out if they become one again")
    func removed() async throws {
        let alice = try await alice()
        try await alice.node.send("a", to: "bob")
        _ = try await alice.events()
        try await alice.node.removeContact("bob")
        #expect(try await alice.told() == ["contacts changed", "failure unknown-contact"])
        #expect(await alice.node.undelivered().isEmpty)
        try await alice.node.trust(.test(2), name: "bob")
        #expect(await alice.open(1, 2).contents == ["a"])
    }

    @Test("forgotten before it went out it never does")
    func forgotten() async throws {
        let alice = try await alice()
        var ids: [MessageID] = []
        for number in 0..<2_000 { ids.append(try await alice.node.send("\(number)", to: "bob")) }
        let link = await alice.open(1, 2)
        #expect(link.messages.count == 1_024)
        #expect(try await alice.node.forget(.message(ids[1_500], .outgoing, with: .test(2))) == 1)
        await alice.settle()
        await alice.acknowledge(1, link.messages)
        #expect(link.messages.count == 1_999)
        #expect(!link.contents.contains("1500"))
        #expect(try await alice.node.forget(.conversation(.test(2))) == 1_999)
        try await alice.node.send("new", to: "bob")
        #expect(link.contents.last == "new")
        await alice.close(1)
        #expect(await alice.open(2, 2).contents == ["new"])
    }
}

extension Node {
    /// Messages of ours that are held in memory.
    fileprivate var inMemory: Int { outboxes.values.reduce(0) { $0 + $1.count } }
}
