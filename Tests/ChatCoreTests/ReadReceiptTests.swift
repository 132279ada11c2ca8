import ChatValues
import ChatWire
import Testing

@testable import ChatCore

@Suite("That a message was read")
struct ReadReceiptTests {
    private func alice(
        _ preferences: Preferences = Preferences(readReceipts: true)
    ) async throws -> TestNode {
        let alice = try await TestNode(contacts: [.test("bob", 2), .test("carol", 3)])
        try await alice.node.setPreferences(preferences)
        return alice
    }

    private func reads(_ link: RecordingLink) -> [MessageID] {
        link.receipts.filter { $0.state == .read }.map(\.id)
    }

    @Test("is not told unless the user wants it, and is known on disk all the same")
    func off() async throws {
        let alice = try await alice(Preferences())
        let link = await alice.open(1, 2)
        await alice.receive(1, .message(.test("a")))
        try await alice.node.markRead(with: "bob", upTo: 1)
        #expect(reads(link).isEmpty)
        #expect(try await alice.node.conversations().map(\.unread) == [0])
        // What was read before stays a secret.
        try await alice.node.setPreferences(Preferences(readReceipts: true))
        let message = Message.test("b")
        await alice.receive(1, .message(message))
        try await alice.node.markRead(with: "bob", upTo: 2)
        #expect(reads(link) == [message.id])
    }

    @Test("is told of each message once, up to the position, to its sender alone")
    func on() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        let other = await alice.open(2, 3)
        let messages = (0..<4).map { Message.test("\($0)") }
        await alice.receive(1, .message(messages[0]), .message(messages[1]))
        await alice.receive(2, .message(.test("c", sender: "carol")))
        await alice.receive(1, .message(messages[2]))
        try await alice.node.markRead(with: "bob", upTo: 2)
        #expect(reads(link) == messages.prefix(2).map(\.id))
        try await alice.node.markRead(with: "bob", upTo: 2)
        try await alice.node.markRead(with: "bob", upTo: 1)
        #expect(reads(link).count == 2)
        await alice.receive(1, .message(messages[3]))
        try await alice.node.markRead(with: "bob", upTo: .max)
        #expect(reads(link) == messages.map(\.id))
        #expect(reads(other).isEmpty)
    }

    @Test("waits for a session, and is not told again after a restart")
    func away() async throws {
        let first = try await alice()
        _ = await first.open(1, 2)
        let message = Message.test("a")
        await first.receive(1, .message(message))
        await first.close(1)
        try await first.node.markRead(with: "bob", upTo: 1)
        let link = await first.open(2, 2)
        #expect(reads(link) == [message.id])
        #expect(reads(await first.open(3, 2)).isEmpty)
        await first.node.stop()
        let second = try await TestNode(contacts: [.test("bob", 2)], messages: first.messages)
        #expect(await second.node.preferences == Preferences(readReceipts: true))
        let next = await second.open(1, 2)
        try await second.node.markRead(with: "bob", upTo: 1)
        #expect(reads(next).isEmpty)
    }

    @Test("is not told any more once the user has switched it off")
    func switchedOff() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        await alice.receive(1, .message(.test("a")))
        await alice.close(1)
        try await alice.node.markRead(with: "bob", upTo: 1)
        try await alice.node.setPreferences(Preferences())
        #expect(reads(await alice.open(2, 2)).isEmpty)
    }

    @Test("means nothing in the seed dialect")
    func seed() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2, dialect: .seed)
        await alice.receive(1, .message(.test("a")))
        try await alice.node.markRead(with: "bob", upTo: 1)
        #expect(reads(link).isEmpty)
        #expect(link.receipts.count == 1)
    }

    @Test("of very many is told of the newest")
    func bound() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        let messages = (0..<1_000).map { Message.test("\($0)") }
        await alice.node.received(messages.map(Frame.message), on: SessionID(1))
        await alice.settle()
        try await alice.node.markRead(with: "bob", upTo: .max)
        #expect(reads(link) == messages.suffix(256).map(\.id))
    }

    @Test("is told by the other side in its own time, after a restart as well")
    func told() async throws {
        let first = try await alice(Preferences())
        let link = await first.open(1, 2)
        try await first.node.send("a", to: "bob", reference: "r")
        await first.acknowledge(1, link.messages)
        await first.node.stop()
        let second = try await TestNode(
            contacts: [.test("bob", 2), .test("carol", 3)], messages: first.messages)
        _ = await second.open(1, 2)
        _ = await second.open(2, 3)
        _ = try await second.events()
        // Not by whom it was not for, not what was never sent.
        await second.acknowledge(2, link.messages, .read)
        await second.acknowledge(1, [.test("never")], .read)
        #expect(try await second.told() == [])
        await second.acknowledge(1, link.messages, .read)
        await second.acknowledge(1, link.messages, .read)
        #expect(try await second.told() == ["read bob"])
        #expect(second.messages.states(to: 2) == [.read])
    }

    @Test("says as well that it was delivered, where that receipt was lost")
    func lostDelivery() async throws {
        let first = try await alice(Preferences())
        let link = await first.open(1, 2)
        try await first.node.send("a", to: "bob", reference: "r")
        await first.close(1)
        // Not yet sent again on this one: its connection is for a message of theirs.
        _ = await first.open(2, 2, dialect: .seed)
        _ = try await first.events()
        await first.acknowledge(2, link.messages, .read)
        let told = try await first.told()
        #expect(told.contains("delivered bob r") && told.last == "read bob r")
        #expect(first.messages.states(to: 2) == [.read])
    }

    @Test("can't be switched on where the disk does not take it")
    func failure() async throws {
        let alice = try await alice(Preferences())
        alice.messages.fail(with: StoreFailure(.full, "Full."))
        await #expect(throws: NodeFailure.self) {
            try await alice.node.setPreferences(Preferences(readReceipts: true))
        }
        #expect(await alice.node.preferences == Preferences())
    }
}

@Suite("That somebody is writing")
struct TypingTests {
    private func alice(_ isOn: Bool) async throws -> TestNode {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        try await alice.node.setPreferences(Preferences(typing: isOn))
        return alice
    }

    private func frames(_ link: RecordingLink) -> [Bool] {
        link.sent.compactMap { if case .typing(let typing) = $0 { typing.active } else { nil } }
    }

    @Test("is not told unless the user wants it, and is shown nevertheless")
    func off() async throws {
        let alice = try await alice(false)
        let link = await alice.open(1, 2)
        _ = try await alice.events()
        await alice.node.setTyping(true, to: "bob")
        #expect(frames(link).isEmpty)
        await alice.receive(1, .typing(Typing(active: true)))
        #expect(try await alice.told() == ["typing bob"])
    }

    @Test("is told every three seconds at most, and its end where its beginning was")
    func rate() async throws {
        let alice = try await alice(true)
        let link = await alice.open(1, 2)
        await alice.node.setTyping(false, to: "bob")
        #expect(frames(link).isEmpty)
        for _ in 0..<10 {
            await alice.node.setTyping(true, to: "bob")
            alice.clock.advance(0.5)
        }
        #expect(frames(link) == [true, true])
        await alice.node.setTyping(false, to: "bob")
        await alice.node.setTyping(false, to: "bob")
        #expect(frames(link) == [true, true, false])
        await alice.node.setTyping(true, to: "bob")
        #expect(frames(link) == [true, true, false, true])
    }

    @Test("is for contacts who are there and understand it")
    func nobody() async throws {
        let alice = try await alice(true)
        await alice.node.setTyping(true, to: "bob")
        await alice.node.setTyping(true, to: "mallory")
        let link = await alice.open(1, 2, dialect: .seed)
        await alice.node.setTyping(true, to: "bob")
        #expect(frames(link).isEmpty)
    }
}
