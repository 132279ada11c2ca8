import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("Presence in the seed dialect")
struct SeedPresenceTests {
    private let online = Frame.presence(UserPresence(action: .online, username: "bob"))

    @Test("goes to nobody who has not sent any")
    func silence() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        let link = await alice.open(1, 2, dialect: .seed)
        await alice.node.setPresence(.away)
        await alice.receive(1, .message(.test("hi")))
        await alice.node.stop()
        #expect(link.presence.isEmpty)
        #expect(link.lists.isEmpty)
    }

    @Test("is answered once, and then kept up")
    func answer() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        await alice.node.setPresence(.away)
        let link = await alice.open(1, 2, dialect: .seed)
        await alice.receive(1, online)
        await alice.receive(1, online)
        #expect(link.presence.map(\.action) == [.away])
        await alice.node.setPresence(.online)
        await alice.node.stop()
        #expect(link.presence.map(\.action) == [.away, .online, .offline])
    }

    @Test("that says offline is not answered")
    func offline() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        let link = await alice.open(1, 2, dialect: .seed)
        await alice.receive(1, .presence(UserPresence(action: .offline, username: "bob")))
        #expect(link.presence.isEmpty)
    }

    @Test("is known of a contact all the same")
    func contact() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        _ = await alice.open(1, 2, dialect: .seed)
        await alice.receive(1, .presence(UserPresence(action: .away, username: "whoever")))
        #expect(
            try await alice.told()
                == ["connected bob seed", "presence bob online", "presence bob away"])
    }

    @Test("of the connection that is left counts when another ends")
    func heir() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        _ = await alice.open(1, 2, dialect: .seed)
        _ = await alice.open(2, 2, dialect: .seed, dialled: .bob)
        await alice.receive(2, .presence(UserPresence(action: .away, username: "bob")))
        _ = try await alice.events()
        await alice.close(2)
        #expect(try await alice.told() == ["presence bob online"])
    }
}
