import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("A receipt")
struct ReceiptTests {
    private func alice() async throws -> (TestNode, RecordingLink) {
        let alice = try await TestNode(contacts: [.test("bob", 2), .test("carol", 3)])
        let link = await alice.open(1, 2)
        _ = await alice.open(2, 3)
        try await alice.node.send("hello", to: "bob", reference: "r1")
        _ = try await alice.events()
        return (alice, link)
    }

    @Test("counts once")
    func twice() async throws {
        let (alice, link) = try await alice()
        await alice.acknowledge(1, link.messages)
        await alice.acknowledge(1, link.messages)
        #expect(try await alice.told() == ["delivered bob r1"])
    }

    @Test("for what is not known means nothing")
    func unknown() async throws {
        let (alice, _) = try await alice()
        await alice.acknowledge(1, [.test("never sent")])
        #expect(try await alice.told() == [])
    }

    @Test("from somebody else means nothing")
    func foreign() async throws {
        let (alice, link) = try await alice()
        await alice.acknowledge(2, link.messages)
        #expect(try await alice.told() == [])
        await alice.acknowledge(1, link.messages)
        #expect(try await alice.told() == ["delivered bob r1"])
    }

    @Test("that says read follows the one that says delivered, or includes it")
    func read() async throws {
        let (alice, link) = try await alice()
        await alice.acknowledge(1, link.messages)
        await alice.acknowledge(1, link.messages, .read)
        await alice.acknowledge(1, link.messages, .read)
        #expect(try await alice.told() == ["delivered bob r1", "read bob r1"])
        try await alice.node.send("again", to: "bob", reference: "r2")
        await alice.acknowledge(1, Array(link.messages.suffix(1)), .read)
        await alice.acknowledge(1, Array(link.messages.suffix(1)), .read)
        #expect(
            try await alice.told()
                == ["queued bob r2", "sent bob r2", "delivered bob r2", "read bob r2"])
    }

    @Test("that says read is understood of every message, however old")
    func readLate() async throws {
        let (alice, link) = try await alice()
        for _ in 0..<1_024 { try await alice.node.send("more", to: "bob") }
        while await !alice.node.undelivered().isEmpty { await alice.acknowledge(1, link.messages) }
        _ = try await alice.events()
        await alice.acknowledge(1, link.messages, .read)
        #expect(
            try await alice.told() == ["read bob r1"] + Array(repeating: "read bob", count: 1_024))
    }

    @Test("makes room for the next message: 1,024 are on the way at a time")
    func window() async throws {
        let (alice, link) = try await alice()
        for number in 0..<1_100 { try await alice.node.send("\(number)", to: "bob") }
        #expect(link.messages.count == 1_024)
        await alice.acknowledge(1, Array(link.messages.prefix(10)))
        #expect(link.messages.count == 1_034)
        await alice.acknowledge(1, link.messages)
        #expect(link.messages.count == 1_101)
        #expect(link.contents.dropFirst() == (0..<1_100).map { "\($0)" }[...])
    }

    @Test("makes room by bytes as well: a mebibyte is on the way at a time")
    func byteWindow() async throws {
        let (alice, link) = try await alice()
        await alice.acknowledge(1, link.messages)
        let large = String(repeating: "x", count: WireLimits.content)
        for _ in 0..<70 { try await alice.node.send(large, to: "bob") }
        #expect(link.messages.count == 1 + 64)
        await alice.acknowledge(1, Array(link.messages.prefix(2)))
        #expect(link.messages.count == 1 + 65)
    }
}
