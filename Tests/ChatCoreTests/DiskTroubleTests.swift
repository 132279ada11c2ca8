import ChatValues
import ChatWire
import Testing

@testable import ChatCore

@Suite("While the disk is full")
struct DiskTroubleTests {
    private let full = StoreFailure(.full, "The disk is full: make room.")

    private func alice() async throws -> (TestNode, RecordingLink) {
        let alice = try await TestNode(contacts: [.test("bob", 2), .test("carol", 3)])
        let link = await alice.open(1, 2)
        _ = try await alice.events()
        return (alice, link)
    }

    @Test("what comes in is neither told nor acknowledged nor lost, and nothing more is read")
    func incoming() async throws {
        let (alice, link) = try await alice()
        alice.messages.fail(with: full)
        await alice.receive(1, .message(.test("a")), .message(.test("b")))
        let failures = try await alice.failures()
        #expect(failures.map(\.code) == [.storage])
        #expect(failures.first?.description.contains("make room") == true)
        #expect(link.receipts.isEmpty)
        #expect(!link.isReading)
        // Once is enough.
        try await alice.clock.waitForSleeper(1)
        alice.clock.advance(1)
        try await alice.clock.waitForSleeper(2)
        #expect(try await alice.told() == [])
        alice.messages.fail(with: nil)
        alice.clock.advance(2)
        try await alice.messages.wait(for: "the messages") { $0.messages.count == 2 }
        await alice.settle()
        #expect(try await alice.told() == ["message bob: a", "message bob: b"])
        #expect(link.receipts.count == 2)
        #expect(link.isReading)
    }

    @Test("it is tried again after 1 s, 2, 4, and so on to a minute")
    func backoff() async throws {
        let (alice, _) = try await alice()
        alice.messages.fail(with: full)
        await alice.receive(1, .message(.test("a")))
        for delay in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            try await alice.clock.waitForSleeper(delay)
            alice.clock.advance(delay)
        }
        // When it comes back it begins anew.
        try await alice.clock.waitForSleeper(60)
        alice.messages.fail(with: nil)
        alice.clock.advance(60)
        try await alice.messages.wait(for: "the message") { $0.messages.count == 1 }
        await alice.settle()
        alice.messages.fail(with: full)
        _ = try await alice.events()
        await alice.receive(1, .message(.test("b")))
        try await alice.clock.waitForSleeper(1)
        #expect(try await alice.failures().count == 1)
    }

    @Test("what is sent fails at once, with its reference, and is not queued")
    func outgoing() async throws {
        let (alice, link) = try await alice()
        alice.messages.fail(with: full)
        let error = await #expect(throws: NodeFailure.self) {
            try await alice.node.send("hi", to: "bob", reference: "r1")
        }
        #expect(error?.code == .storage)
        #expect(error?.reference == "r1")
        #expect(error?.description == "The disk is full: make room.")
        try await alice.node.post("ho", to: "bob", reference: "r2")
        #expect(try await alice.told() == ["failure storage r2"])
        #expect(link.messages.isEmpty)
        // Nothing came in, so nobody has to wait.
        #expect(link.isReading)
        alice.messages.fail(with: nil)
        try await alice.node.send("again", to: "bob")
        #expect(link.contents == ["again"])
    }

    @Test("what is sent fails at once also while what came in waits, and does not hurry that")
    func outgoingBesideHeld() async throws {
        let (alice, _) = try await alice()
        alice.messages.fail(with: full)
        await alice.receive(1, .message(.test("a")))
        try await alice.clock.waitForSleeper(1)
        alice.clock.advance(1)
        try await alice.clock.waitForSleeper(2)
        _ = try await alice.events()
        for _ in 0..<3 {
            await #expect(throws: NodeFailure.self) { try await alice.node.send("x", to: "bob") }
        }
        #expect(alice.clock.alarms.filter { $0 < 100 } == [2])
        #expect(try await alice.told() == [])
        // With room for it again what waited goes along, before it.
        alice.messages.fail(with: nil)
        try await alice.node.send("y", to: "bob")
        #expect(try await alice.told() == ["message bob: a", "queued bob", "sent bob"])
        #expect(alice.clock.alarms.filter { $0 < 100 } == [])
    }

    @Test("a session may end, and the peer sends again what it has no receipt for")
    func sessionEnds() async throws {
        let (alice, link) = try await alice()
        alice.messages.fail(with: full)
        let message = Message.test("a")
        await alice.receive(1, .message(message))
        try await alice.clock.waitForSleeper(1)
        await alice.close(1)
        alice.messages.fail(with: nil)
        alice.clock.advance(1)
        try await alice.messages.wait(for: "the message") { $0.messages.count == 1 }
        await alice.settle()
        #expect(link.receipts.isEmpty)
        let next = await alice.open(2, 2)
        #expect(next.isReading)
        await alice.receive(2, .message(message))
        #expect(next.receipts.count == 1)
        #expect(try await alice.told().filter { $0.hasPrefix("message") } == ["message bob: a"])
    }

    @Test("a receipt is told, and its mark on disk waits")
    func receipts() async throws {
        let (alice, link) = try await alice()
        try await alice.node.send("hi", to: "bob", reference: "r")
        _ = try await alice.events()
        alice.messages.fail(with: full)
        await alice.acknowledge(1, link.messages)
        #expect(try await alice.told() == ["delivered bob r", "failure storage"])
        #expect(alice.messages.states(to: 2) == [.queued])
        // Not sent again meanwhile, although the disk says that it waits.
        await alice.close(1)
        let next = await alice.open(2, 2)
        #expect(next.messages.isEmpty)
        alice.messages.fail(with: nil)
        try await alice.clock.waitForSleeper(1)
        alice.clock.advance(1)
        try await alice.messages.wait(for: "the mark") { $0.states(to: 2) == [.delivered] }
    }

    @Test("the history can be read, and the end is not held up")
    func reading() async throws {
        let (alice, _) = try await alice()
        await alice.receive(1, .message(.test("a")))
        alice.messages.fail(with: full)
        await alice.receive(1, .message(.test("b")))
        let page = try await alice.node.history(with: "bob", limit: 10)
        #expect(page.messages.map(\.text) == ["a"])
        await alice.node.stop()
        #expect(alice.messages.texts(.incoming, 2) == ["a"])
    }

    @Test("at the end it is tried once more")
    func lastTry() async throws {
        let (alice, _) = try await alice()
        alice.messages.fail(with: full)
        await alice.receive(1, .message(.test("a")))
        alice.messages.fail(with: nil)
        await alice.node.stop()
        #expect(alice.messages.texts(.incoming, 2) == ["a"])
    }

    @Test("one change that the disk will never take does not hold up the others", arguments: 0..<9)
    func poison(place: Int) async throws {
        let (alice, link) = try await alice()
        alice.messages.fail { batch in
            let isPoisoned = batch.contains {
                if case .add(let message) = $0 { message.content == "poison" } else { false }
            }
            return isPoisoned ? StoreFailure(.conflict, "No.") : nil
        }
        alice.messages.hold()
        await alice.receive(1, .message(.test("first")))
        try await alice.messages.waitForHeld()
        for number in 0..<8 {
            if number == place { await alice.receive(1, .message(.test("poison"))) }
            await alice.receive(1, .message(.test("\(number)")))
        }
        if place == 8 { try await alice.node.post("poison", to: "carol", reference: "p") }
        try await alice.node.post("fine", to: "carol", reference: "f")
        alice.messages.release()
        let told = try await alice.told()
        #expect(told.filter { $0.hasPrefix("message") }.count == 9)
        #expect(told.filter { $0 == "queued carol f" }.count == 1)
        #expect(told.filter { $0.hasPrefix("failure storage") }.count == 1)
        #expect(link.receipts.count == 9)
        #expect(alice.messages.texts(.incoming, 2) == ["first"] + (0..<8).map { "\($0)" })
        #expect(link.isReading)
    }

    @Test("one page that is damaged holds up what concerns it alone")
    func damagedPage() async throws {
        let (alice, _) = try await alice()
        _ = await alice.open(2, 3)
        _ = try await alice.events()
        alice.messages.fail { batch in
            let isTouched = batch.contains {
                if case .add(let message) = $0 { message.contact == .test(3) } else { false }
            }
            return isTouched ? StoreFailure(.damaged, "A page is damaged.") : nil
        }
        alice.messages.hold()
        await alice.receive(1, .message(.test("0")))
        try await alice.messages.waitForHeld()
        await alice.receive(1, .message(.test("1")))
        await alice.receive(2, .message(.test("x")))
        await alice.receive(1, .message(.test("2")))
        alice.messages.release()
        #expect(
            try await alice.told() == [
                "message bob: 0", "message bob: 1", "message bob: 2", "failure storage",
            ])
        #expect(alice.messages.texts(.incoming, 3) == [])
    }
}
