import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("Presence")
struct PresenceTests {
    private func alice() async throws -> TestNode {
        try await TestNode(contacts: [.test("bob", 2, addresses: [.bob]), .test("carol", 3)])
    }

    private func presence(_ action: UserPresence.Action) -> Frame {
        .presence(UserPresence(action: action, username: "bob", ip: "192.0.2.2", port: 5_555))
    }

    private func shown(_ alice: TestNode) async -> [PresenceState] {
        await alice.node.contacts().map(\.presence)
    }

    @Test("is online from the connection on")
    func connect() async throws {
        let alice = try await alice()
        #expect(await shown(alice) == [.offline, .offline])
        _ = await alice.open(1, 2)
        #expect(try await alice.told() == ["connected bob native", "presence bob online"])
        #expect(await shown(alice) == [.online, .offline])
    }

    @Test("changes with what the peer says, and only with a change")
    func changes() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        _ = try await alice.events()
        for action in [.online, .away, .away, .online, .offline, .offline, .online]
            as [UserPresence.Action]
        {
            await alice.receive(1, presence(action))
        }
        #expect(
            try await alice.told()
                == ["away", "online", "offline", "online"].map { "presence bob \($0)" })
        await alice.receive(1, presence(.away))
        #expect(await shown(alice) == [.away, .offline])
    }

    @Test(
        "ends with the session, whatever the peer said before",
        arguments: [.online, .away, .offline] as [UserPresence.Action])
    func end(action: UserPresence.Action) async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        await alice.receive(1, presence(action))
        _ = try await alice.events()
        await alice.close(1)
        #expect(try await alice.told() == ["presence bob offline", "disconnected bob: lost"])
        #expect(await shown(alice) == [.offline, .offline])
        _ = await alice.open(2, 2)
        #expect(try await alice.told() == ["connected bob native", "presence bob online"])
    }

    @Test("of ours is told to those connected, at once and to each who comes")
    func own() async throws {
        let alice = try await alice()
        let bob = await alice.open(1, 2)
        #expect(
            bob.presence == [
                UserPresence(action: .online, username: "alice", ip: "192.0.2.1", port: 5_555)
            ])
        await alice.node.setPresence(.away)
        await alice.node.setPresence(.away)
        #expect(bob.presence.map(\.action) == [.online, .away])
        let carol = await alice.open(2, 3)
        #expect(carol.presence.map(\.action) == [.away])
        await alice.node.setPresence(.offline)
        #expect(carol.presence.last == UserPresence(action: .offline, username: "alice"))
        await alice.node.setPresence(.online)
        #expect(bob.presence.map(\.action) == [.online, .away, .offline, .online])
    }

    @Test("of who does not listen names no address")
    func notListening() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)], listen: nil)
        let link = await alice.open(1, 2)
        #expect(link.presence == [UserPresence(action: .online, username: "alice")])
    }

    @Test("of somebody else is not the peer's to tell")
    func foreign() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        _ = await alice.open(2, 3)
        _ = try await alice.events()
        await alice.receive(1, .presence(UserPresence(action: .offline, username: "carol")))
        #expect(try await alice.told() == ["presence bob offline"])
    }

    @Test("of a session that was replaced counts no more")
    func replaced() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        _ = await alice.open(2, 2)
        _ = try await alice.events()
        await alice.receive(1, presence(.offline))
        #expect(try await alice.told() == [])
        #expect(await shown(alice) == [.online, .offline])
    }

    @Test("a list that is asked for tells about ourselves and nobody else")
    func list() async throws {
        let alice = try await alice()
        _ = await alice.open(2, 3)
        let bob = await alice.open(1, 2)
        await alice.receive(1, .presenceList(PresenceList()))
        let ourselves = PresenceList.Entry(name: "alice", ip: "192.0.2.1", port: 5_555)
        #expect(bob.lists == [PresenceList(users: [ourselves])])
        await alice.node.setPresence(.offline)
        await alice.receive(1, .presenceList(PresenceList()))
        #expect(bob.lists.last == PresenceList(users: []))
    }

    @Test("a list that comes tells about its sender and nobody else")
    func answer() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        _ = await alice.open(2, 3)
        await alice.receive(1, presence(.offline))
        await alice.receive(2, .presence(UserPresence(action: .offline, username: "carol")))
        _ = try await alice.events()
        await alice.receive(1, .presenceList(PresenceList(users: [])))
        await alice.receive(1, .presenceList(PresenceList(users: [.init(name: "carol")])))
        #expect(try await alice.told() == [])
        await alice.receive(1, .presenceList(PresenceList(users: [.init(name: "bob")])))
        #expect(try await alice.told() == ["presence bob online"])
    }

    @Test("stands beside what else is known of a contact")
    func status() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2, dialled: .bob)
        let statuses = await alice.node.contacts()
        #expect(statuses.map(\.contact.name) == ["bob", "carol"])
        let session = try #require(statuses[0].session)
        #expect(session.direction == .outbound)
        #expect(session.dialect == .native)
        #expect(session.security == "TLSv1.3")
        #expect(session.openedAt == alice.clock.now)
        #expect(statuses[1].session == nil)
    }
}
