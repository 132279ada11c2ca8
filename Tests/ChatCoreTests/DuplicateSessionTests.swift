import ChatValues
import ChatWire
import Testing

@testable import ChatCore

@Suite("Of two sessions with one contact one stays")
struct DuplicateSessionTests {
    private static let low = Fingerprint.test(1)
    private static let high = Fingerprint.test(2)

    /// One session as one of its ends sees it.
    private func details(
        peer: Fingerprint, _ direction: Direction, instance: String?, dialect: Dialect = .native
    ) -> SessionDetails {
        SessionDetails(
            fingerprint: peer, certificateName: nil, direction: direction, dialect: dialect,
            remote: .bob, dialled: direction == .outbound ? .bob : nil, localHost: "",
            hello: dialect == .native ? Hello(username: "x", instance: instance) : nil,
            security: nil)
    }

    @Test(
        "the one dialled by the side with the lower fingerprint, where both dialled at once",
        arguments: [false, true], [false, true])
    func crossed(lowDialledFirst: Bool, highSawTheOtherOrder: Bool) {
        // Session A was dialled by the low side, session B by the high side. Each side may see
        // either of them open first.
        func stays(_ own: Fingerprint, _ peer: Fingerprint, aFirst: Bool) -> String {
            let a = details(peer: peer, own == Self.low ? .outbound : .inbound, instance: "i")
            let b = details(peer: peer, own == Self.low ? .inbound : .outbound, instance: "i")
            let (older, newer) = aFirst ? (a, b) : (b, a)
            let newerStays = Session.newerStays(older: older, newer: newer, own: own)
            return newerStays == aFirst ? "B" : "A"
        }
        #expect(stays(Self.low, Self.high, aFirst: lowDialledFirst) == "A")
        let highFirst = lowDialledFirst != highSawTheOtherOrder
        #expect(stays(Self.high, Self.low, aFirst: highFirst) == "A")
    }

    @Test(
        "the newer one in every other case",
        arguments: [Direction.inbound, .outbound], [Direction.inbound, .outbound])
    func newer(olderDirection: Direction, newerDirection: Direction) {
        for (own, peer) in [(Self.low, Self.high), (Self.high, Self.low)] {
            for (old, new) in [("i", "j"), ("i", nil), (nil, "i"), (nil, nil)]
                as [(String?, String?)]
            {
                #expect(
                    Session.newerStays(
                        older: details(peer: peer, olderDirection, instance: old),
                        newer: details(peer: peer, newerDirection, instance: new), own: own))
            }
            // Dialled twice by the same side.
            if olderDirection == newerDirection {
                #expect(
                    Session.newerStays(
                        older: details(peer: peer, olderDirection, instance: "i"),
                        newer: details(peer: peer, newerDirection, instance: "i"), own: own))
            }
        }
    }

    private func alice() async throws -> TestNode {
        try await TestNode(contacts: [.test("bob", 2, addresses: [.bob])])
    }

    private let hello = Hello(username: "bob", instance: "run 1")

    @Test("a newer one takes over quietly, with what was not acknowledged")
    func takesOver() async throws {
        let alice = try await alice()
        let older = await alice.open(1, 2, hello: hello)
        await alice.receive(1, .presence(UserPresence(action: .away, username: "bob")))
        for content in ["a", "b"] { try await alice.node.send(content, to: "bob") }
        await alice.acknowledge(1, Array(older.messages.prefix(1)))
        _ = try await alice.events()
        let newer = await alice.open(2, 2, hello: Hello(username: "bob", instance: "run 2"))
        #expect(older.closings == [Bye(reason: .replaced)])
        #expect(newer.contents == ["b"])
        #expect(try await alice.told() == ["sent bob"])
        #expect(await alice.node.contacts().first?.presence == .away)
        // The end of the older one is nobody's business, and neither are its late receipts.
        await alice.close(1)
        await alice.acknowledge(2, newer.messages)
        #expect(try await alice.told() == ["delivered bob"])
        #expect(alice.transport.pursued.isEmpty)
    }

    @Test("presence that changes with the newer one is told")
    func presence() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        await alice.receive(1, .presence(UserPresence(action: .away, username: "bob")))
        _ = await alice.open(2, 2)
        _ = try await alice.events()
        await alice.receive(2, .presence(UserPresence(action: .online, username: "bob")))
        #expect(try await alice.told() == ["presence bob online"])
    }

    @Test("where both dialled, ours stays if our fingerprint is the lower")
    func crossedAtNode() async throws {
        let alice = try await alice()
        let ours = await alice.open(1, 2, hello: hello, dialled: .bob)
        _ = try await alice.events()
        let theirs = await alice.open(2, 2, hello: hello)
        #expect(theirs.closings == [Bye(reason: .duplicate)])
        #expect(ours.closings.isEmpty)
        // Should ours be dead, it is found out soon.
        #expect(ours.probes == 1)
        #expect(theirs.sent.isEmpty)
        await alice.close(2)
        #expect(try await alice.told() == [])
        try await alice.node.send("hi", to: "bob")
        #expect(ours.contents == ["hi"])
    }

    @Test("where both dialled, and theirs came first, ours takes over")
    func crossedInTheOtherOrder() async throws {
        let alice = try await alice()
        let theirs = await alice.open(1, 2, hello: hello)
        let ours = await alice.open(2, 2, hello: hello, dialled: .bob)
        #expect(theirs.closings == [Bye(reason: .duplicate)])
        #expect(ours.closings.isEmpty)
    }

    @Test("where both dialled, theirs stays if their fingerprint is the lower")
    func crossedAtTheHighSide() async throws {
        let bob = try await TestNode(
            "bob", fingerprint: .test(9), contacts: [.test("alice", 2, addresses: [.bob])])
        let ours = await bob.open(1, 2, hello: hello, dialled: .bob)
        let theirs = await bob.open(2, 2, hello: hello)
        #expect(ours.closings == [Bye(reason: .duplicate)])
        #expect(theirs.closings.isEmpty)
        #expect(ours.probes == 0)
    }

    @Test("what a session that ends still brings is read")
    func lateFrames() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        _ = await alice.open(2, 2)
        _ = try await alice.events()
        await alice.receive(1, .message(.test("late")))
        #expect(try await alice.told() == ["message bob: late"])
    }
}
