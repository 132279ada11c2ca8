import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("A message that comes")
struct ReceivingTests {
    private func alice() async throws -> TestNode {
        let alice = try await TestNode(contacts: [
            .test("bob", 2), .test("Carol", 3, certificateName: "carol.smith"),
        ])
        _ = try await alice.events()
        return alice
    }

    private func messages(_ alice: TestNode) async throws -> [IncomingMessage] {
        try await alice.events().compactMap {
            if case .message(let message) = $0 { message } else { nil }
        }
    }

    @Test("is told exactly as it came, with its sender, and acknowledged")
    func told() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        let content = "\u{1B}[2J\u{202E}hi\nalice: ho"
        let message = Message(id: .random(), sender: "bob", content: content, timestamp: 17)
        await alice.receive(1, .message(message))
        let told = try #require(try await messages(alice).first)
        #expect(told.id == message.id)
        #expect(told.content == content)
        #expect(told.timestamp == 17)
        #expect(told.receivedAt == alice.clock.now)
        #expect(told.timestampIsFarOff)
        #expect(told.peer.name == "bob")
        #expect(told.peer.fingerprint == .test(2))
        #expect(told.peer.trust == .trusted)
        #expect(told.claimedSender == nil)
        #expect(told.secure)
        #expect(told.dialect == .native)
        #expect(link.receipts.map(\.id) == [message.id])
        #expect(link.receipts.map(\.state) == [.delivered])
    }

    @Test("again is acknowledged again and not told again, in another session too")
    func duplicate() async throws {
        let alice = try await alice()
        let message = Message.test("once")
        let first = await alice.open(1, 2)
        await alice.receive(1, .message(message), .message(message))
        await alice.close(1)
        let second = await alice.open(2, 2)
        await alice.receive(2, .message(message))
        #expect(try await messages(alice).map(\.content) == ["once"])
        #expect(first.receipts.count == 2)
        #expect(second.receipts.map(\.id) == [message.id])
    }

    @Test("with the id of another contact's message is another message")
    func sameID() async throws {
        let alice = try await alice()
        let id = MessageID.random()
        let links = [await alice.open(1, 2), await alice.open(2, 3)]
        await alice.receive(1, .message(.test("from bob", id: id)))
        await alice.receive(2, .message(.test("from carol", id: id)))
        #expect(try await messages(alice).map(\.content) == ["from bob", "from carol"])
        #expect(links.map(\.receipts.count) == [1, 1])
    }

    @Test("without an id is told each time, and asks for no receipt")
    func noID() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        let message = Message.test("typed by hand", id: nil)
        await alice.receive(1, .message(message), .message(message))
        #expect(try await messages(alice).count == 2)
        #expect(link.receipts.isEmpty)
    }

    @Test("in the seed dialect is told and answered each time")
    func seed() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2, dialect: .seed)
        let id = MessageID.random()
        await alice.receive(1, .message(.test("hi", id: id)), .message(.test("hi", id: id)))
        let told = try await messages(alice)
        #expect(told.map(\.dialect) == [.seed, .seed])
        #expect(told.map(\.secure) == [true, true])
        #expect(link.receipts.count == 2)
    }

    @Test(
        "is its contact's, whatever it calls itself",
        arguments: [
            (2, "bob", nil), (2, "alice", "alice"), (2, "Carol", "Carol"), (2, "", nil),
            (3, "Carol", nil), (3, "carol.smith", nil), (3, "the bank", "the bank"),
        ] as [(UInt8, String, String?)])
    func claims(contact: UInt8, sender: String, claim: String?) async throws {
        let alice = try await alice()
        _ = await alice.open(1, contact)
        await alice.receive(1, .message(.test("hi", sender: sender)))
        let told = try #require(try await messages(alice).first)
        #expect(told.peer.fingerprint == .test(contact))
        #expect(told.peer.name == (contact == 2 ? "bob" : "Carol"))
        #expect(told.claimedSender == claim)
    }

    @Test("comes with the others of its batch, in order")
    func batch() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        _ = try await alice.events()
        await alice.receive(
            1, .message(.test("a")), .typing(Typing(active: true)),
            .typing(Typing(active: false)), .unknown(type: "x"), .ping, .message(.test("b")))
        #expect(try await alice.told() == ["typing bob", "message bob: a", "message bob: b"])
        #expect(link.receipts.count == 2)
    }

    @Test("on a session that is not known is nobody's")
    func unknownSession() async throws {
        let alice = try await alice()
        await alice.receive(9, .message(.test("hi")))
        #expect(try await alice.told() == [])
    }
}
