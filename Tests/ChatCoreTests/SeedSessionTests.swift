import ChatValues
import ChatWire
import Testing

@testable import ChatCore

@Suite("With a contact's original program")
struct SeedSessionTests {
    private func alice(addresses: [PeerAddress] = []) async throws -> TestNode {
        try await TestNode(contacts: [.test("bob", 2, addresses: addresses)])
    }

    @Test("one message is on the way at a time")
    func window() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2, dialect: .seed, dialled: .bob)
        for content in ["a", "b", "c"] { try await alice.node.send(content, to: "bob") }
        #expect(link.contents == ["a"])
        await alice.acknowledge(1, link.messages)
        #expect(link.contents == ["a", "b"])
        await alice.acknowledge(1, link.messages)
        #expect(link.contents == ["a", "b", "c"])
    }

    @Test("a message without an ack before the end may have arrived, and is not sent again")
    func unconfirmed() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2, dialect: .seed, dialled: .bob)
        for reference in ["r1", "r2"] {
            try await alice.node.send(reference, to: "bob", reference: reference)
        }
        _ = try await alice.events()
        await alice.close(1)
        #expect(
            try await alice.told()
                == ["failure unconfirmed r1", "presence bob offline", "disconnected bob: lost"])
        let next = await alice.open(2, 2, dialect: .seed, dialled: .bob)
        #expect(next.contents == ["r2"])
    }

    @Test("a message that is not acknowledged in time is given up, and the next goes out")
    func late() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2, dialect: .seed, dialled: .bob)
        for reference in ["r1", "r2"] {
            try await alice.node.send(reference, to: "bob", reference: reference)
        }
        _ = try await alice.events()
        let id = try #require(link.messages.first?.id)
        await alice.node.notConfirmed(id, on: SessionID(1), reason: "it was slow")
        #expect(try await alice.told() == ["failure unconfirmed r1", "sent bob r2"])
        // An ack that comes after all finds nothing.
        await alice.acknowledge(1, Array(link.messages.prefix(1)))
        await alice.node.notConfirmed(id, on: SessionID(1), reason: "it was slow")
        #expect(try await alice.told() == [])
    }

    @Test("messages that can't even be written fail one by one, however many")
    func unwritable() async throws {
        let alice = try await alice()
        let node = alice.node
        let count = 5_000
        for number in 0..<count { try await node.send("x", to: "bob", reference: "\(number)") }
        _ = try await alice.events()
        let link = RecordingLink()
        link.onSend { frame in
            guard case .message(let message) = frame, let id = message.id else { return }
            node.assumeIsolated { $0.notConfirmed(id, on: SessionID(1), reason: "no") }
        }
        await alice.open(1, 2, link, dialect: .seed, dialled: .bob)
        let told = try await alice.told().drop { !$0.hasPrefix("sent") }
        let expected = (0..<count).flatMap { ["sent bob \($0)", "failure unconfirmed \($0)"] }
        #expect(Array(told) == expected)
    }

    @Test("each connection of theirs stands beside ours, and ours carries our messages")
    func sideBySide() async throws {
        let alice = try await alice()
        let ours = await alice.open(1, 2, dialect: .seed, dialled: .bob)
        try await alice.node.send("a", to: "bob")
        _ = try await alice.events()
        let theirs = await alice.open(2, 2, dialect: .seed)
        await alice.receive(2, .message(.test("hi", id: .random())))
        try await alice.node.send("b", to: "bob")
        await alice.close(2)
        await alice.acknowledge(1, ours.messages)
        #expect(
            try await alice.told()
                == ["message bob: hi", "queued bob", "delivered bob", "sent bob"])
        #expect(ours.contents == ["a", "b"])
        #expect(ours.closings.isEmpty)
        #expect(theirs.receipts.count == 1)
        #expect(theirs.closings.isEmpty)
    }

    @Test("a connection of theirs carries our messages where we know no other way")
    func onlyWay() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2, dialect: .seed)
        try await alice.node.send("hello, openssl", to: "bob")
        // It is handed over once the disk knows of that.
        await alice.settle()
        #expect(link.contents == ["hello, openssl"])
    }

    @Test("a connection of theirs is not for our messages while they can be dialled")
    func held() async throws {
        let alice = try await alice(addresses: [.bob])
        let theirs = await alice.open(1, 2, dialect: .seed)
        try await alice.node.send("a", to: "bob")
        #expect(theirs.contents.isEmpty)
        #expect(alice.transport.pursued == [.test(2): [.bob]])
        _ = try await alice.events()
        let ours = await alice.open(2, 2, dialect: .seed, dialled: .bob)
        #expect(ours.contents == ["a"])
        #expect(alice.transport.pursued.isEmpty)
        #expect(try await alice.told() == ["sent bob"])
        await alice.close(1)
        #expect(try await alice.told() == [])
    }

    @Test("a connection of theirs is for our messages once a dial has failed")
    func dialFailed() async throws {
        let alice = try await alice(addresses: [.bob])
        let theirs = await alice.open(1, 2, dialect: .seed)
        try await alice.node.send("a", to: "bob")
        #expect(theirs.contents.isEmpty)
        await alice.node.dialFailed(.bob, expecting: .test(2), explanation: "No.")
        await alice.settle()
        #expect(theirs.contents == ["a"])
        // It is sought all the same.
        #expect(alice.transport.pursued == [.test(2): [.bob]])
        await alice.acknowledge(1, theirs.messages)
        try await alice.node.send("b", to: "bob")
        await alice.settle()
        #expect(theirs.contents == ["a", "b"])
    }

    @Test("a native session is preferred, and what it leaves goes to the one that stands by")
    func native() async throws {
        let alice = try await alice()
        let seed = await alice.open(1, 2, dialect: .seed)
        _ = try await alice.events()
        let native = await alice.open(2, 2)
        for content in ["a", "b"] { try await alice.node.send(content, to: "bob") }
        #expect(native.contents == ["a", "b"])
        #expect(seed.closings.isEmpty)
        let later = await alice.open(3, 2, dialect: .seed)
        #expect(native.probes == 1)
        _ = try await alice.events()
        await alice.close(2)
        #expect(try await alice.told() == ["sent bob"])
        #expect(later.contents == ["a"])
        #expect(await alice.node.contacts().first?.presence == .online)
    }

    @Test("the newest connection of theirs is taken for alive")
    func newest() async throws {
        let alice = try await alice()
        let older = await alice.open(1, 2, dialect: .seed)
        let newer = await alice.open(2, 2, dialect: .seed)
        try await alice.node.send("a", to: "bob")
        await alice.settle()
        #expect(older.contents.isEmpty)
        #expect(newer.contents == ["a"])
        #expect(older.closings.isEmpty)
    }

    @Test("an ack counts on the connection that the message went out on, also beside a newer one")
    func ackOnTheOlder() async throws {
        let alice = try await alice()
        let older = await alice.open(1, 2, dialect: .seed)
        for content in ["a", "b"] { try await alice.node.send(content, to: "bob") }
        let newer = await alice.open(2, 2, dialect: .seed)
        #expect(newer.contents.isEmpty)
        _ = try await alice.events()
        await alice.acknowledge(1, older.messages)
        #expect(try await alice.told() == ["delivered bob", "sent bob"])
        #expect(newer.contents == ["b"])
        await alice.close(1)
        #expect(try await alice.told() == [])
        await alice.close(2)
        #expect(try await alice.told().contains("failure unconfirmed"))
    }

    @Test("there are eight connections of theirs at the most")
    func bound() async throws {
        let alice = try await alice()
        var links: [RecordingLink] = []
        for id in 1...20 { links.append(await alice.open(UInt64(id), 2, dialect: .seed)) }
        #expect(links.prefix(12).allSatisfy { $0.closings == [Bye(reason: .overloaded)] })
        #expect(links.suffix(8).allSatisfy { $0.closings.isEmpty })
        // Not the one that we dialled.
        let ours = await alice.open(30, 2, dialect: .seed, dialled: .bob)
        for id in 31...50 { _ = await alice.open(UInt64(id), 2, dialect: .seed) }
        #expect(ours.closings.isEmpty)
    }
}
