import ChatValues
import ChatWire
import Testing

@testable import ChatCore

@Suite("What came in is on disk before anybody is told")
struct StoringTests {
    private func alice() async throws -> TestNode {
        try await TestNode(contacts: [.test("bob", 2), .test("carol", 3)])
    }

    @Test("no event and no receipt comes before the commit, and both come after it")
    func order() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        _ = try await alice.events()
        alice.messages.hold()
        let message = Message.test("hello")
        await alice.receive(1, .message(message))
        try await alice.messages.waitForHeld()
        #expect(link.receipts.isEmpty)
        #expect(try await alice.told() == [])
        alice.messages.release()
        #expect(try await alice.told() == ["message bob: hello"])
        #expect(link.receipts.map(\.id) == [message.id])
        #expect(alice.messages.texts(.incoming, 2) == ["hello"])
    }

    @Test("what comes while a batch is being committed is the next batch, whoever it is from")
    func batches() async throws {
        let alice = try await alice()
        let links = [await alice.open(1, 2), await alice.open(2, 3)]
        _ = try await alice.events()
        alice.messages.hold()
        await alice.receive(1, .message(.test("a")))
        try await alice.messages.waitForHeld()
        for number in 0..<50 {
            await alice.receive(1, .message(.test("b\(number)")))
            await alice.receive(2, .message(.test("c\(number)", sender: "carol")))
        }
        try await alice.node.post("d", to: "bob")
        alice.messages.release()
        await alice.settle()
        #expect(alice.messages.batches.prefix(2).map(\.count) == [1, 101])
        #expect(links.map(\.receipts.count) == [51, 50])
        // The order of the events is the order on disk.
        let told = try await alice.events().compactMap { event -> Int64? in
            if case .message(let message) = event { message.position } else { nil }
        }
        #expect(told == Array(1...101))
    }

    @Test("a message that is on disk already is acknowledged and not told, in a new run as well")
    func duplicateAfterRestart() async throws {
        let first = try await alice()
        _ = await first.open(1, 2)
        let message = Message.test("once")
        await first.receive(1, .message(message))
        await first.node.stop()
        let second = try await TestNode(contacts: [.test("bob", 2)], messages: first.messages)
        let link = await second.open(1, 2)
        _ = try await second.events()
        await second.receive(1, .message(message), .message(message))
        #expect(try await second.told() == [])
        #expect(link.receipts.map(\.id) == [message.id, message.id])
        #expect(second.messages.texts(.incoming, 2) == ["once"])
    }

    @Test("twice in one batch is told once and acknowledged twice")
    func duplicateInBatch() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        _ = try await alice.events()
        let message = Message.test("once")
        await alice.receive(1, .message(message), .message(message))
        #expect(try await alice.told() == ["message bob: once"])
        #expect(link.receipts.count == 2)
    }

    @Test("another contact's message with the same id is another message")
    func sameID() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        _ = await alice.open(2, 3)
        _ = try await alice.events()
        let message = Message.test("mine")
        await alice.receive(1, .message(message))
        var copy = message
        copy.content = "replayed"
        await alice.receive(2, .message(copy))
        #expect(try await alice.told() == ["message bob: mine", "message carol: replayed"])
        #expect(alice.messages.texts(.incoming, 2) == ["mine"])
    }

    @Test("without an id it is stored under one of ours, told, and not acknowledged")
    func withoutID() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        _ = try await alice.events()
        await alice.receive(
            1, .message(.test("hi", id: nil)), .message(.test("hi", id: nil)))
        #expect(try await alice.told() == ["message bob: hi", "message bob: hi"])
        #expect(link.receipts.isEmpty)
        #expect(Set(alice.messages.messages.map(\.id)).count == 2)
    }

    @Test("a session that ends meanwhile gets no receipt, and the message is told once")
    func sessionEnds() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        alice.messages.hold()
        let message = Message.test("hello")
        await alice.receive(1, .message(message))
        try await alice.messages.waitForHeld()
        await alice.close(1)
        alice.messages.release()
        await alice.settle()
        #expect(link.receipts.isEmpty)
        let next = await alice.open(2, 2)
        await alice.receive(2, .message(message))
        #expect(next.receipts.map(\.id) == [message.id])
        #expect(try await alice.told().filter { $0.hasPrefix("message") }.count == 1)
    }

    @Test("a contact that is removed meanwhile is not heard")
    func removed() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        alice.messages.hold()
        await alice.receive(1, .message(.test("hello")))
        try await alice.messages.waitForHeld()
        let removal = Task { try await alice.node.removeContact("bob") }
        try await alice.store.wait(for: "the removal") { $0.contact(2) == nil }
        alice.messages.release()
        try await removal.value
        #expect(try await alice.told().filter { $0.hasPrefix("message") } == [])
        #expect(link.receipts.isEmpty)
    }

    @Test("more than is to wait in memory makes the peers wait")
    func bound() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        alice.messages.hold()
        let frames = (0..<Journal.highMark.entries).map { Frame.message(.test("\($0)")) }
        await alice.node.received([.message(.test("first"))], on: SessionID(1))
        try await alice.messages.waitForHeld()
        await alice.node.received(Array(frames.dropLast()), on: SessionID(1))
        #expect(link.isReading)
        await alice.node.received([frames[frames.count - 1]], on: SessionID(1))
        #expect(!link.isReading)
        alice.messages.release()
        let told = try await alice.told().filter { $0.hasPrefix("message") }
        #expect(told.count == frames.count + 1)
        #expect(link.receipts.count == frames.count + 1)
        // Until the events are taken the front end is behind; then it goes on.
        await alice.settle()
        try await alice.messages.wait(for: "reading to go on") { _ in link.isReading }
    }

    @Test("in the end it is stored, but for what comes too late")
    func stopping() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        _ = try await alice.events()
        alice.messages.hold()
        await alice.receive(1, .message(.test("last")))
        try await alice.messages.waitForHeld()
        let stopping = Task { await alice.node.stop() }
        alice.messages.release()
        await stopping.value
        await alice.receive(1, .message(.test("too late")))
        #expect(alice.messages.texts(.incoming, 2) == ["last"])
        #expect(link.receipts.count == 1)
    }
}
