import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("The end")
struct StoppingTests {
    private func alice() async throws -> TestNode {
        try await TestNode(contacts: [
            .test("bob", 2, addresses: [.bob]), .test("carol", 3), .test("dave", 4),
        ])
    }

    @Test("is told to everybody, in words that they know")
    func goodbye() async throws {
        let alice = try await alice()
        let native = await alice.open(1, 2)
        let silentSeed = await alice.open(2, 3, dialect: .seed)
        let seed = await alice.open(3, 4, dialect: .seed)
        await alice.receive(
            3, .presence(UserPresence(action: .online, username: "dave")))
        await alice.node.stop()
        let links = [native, silentSeed, seed]
        #expect(links.allSatisfy { $0.closings == [Bye(reason: .quit)] })
        let offline = Frame.presence(UserPresence(action: .offline, username: "alice"))
        #expect(links.map { $0.sent.last == offline } == [true, false, true])
        #expect(silentSeed.sent.isEmpty)
        #expect(alice.transport.isStopped)
    }

    @Test("comes after all events, and nothing comes after it")
    func events() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        await alice.receive(1, .message(.test("hi")))
        _ = try await alice.events()
        await alice.receive(1, .message(.test("last")))
        await alice.node.stop()
        await alice.receive(1, .message(.test("too late")))
        await alice.close(1)
        var told: [String] = []
        for await event in alice.node.events { told.append(event.summary) }
        #expect(told == ["message bob: last", "stopped"])
    }

    @Test("of each session is told before that of all")
    func closing() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        _ = try await alice.events()
        let node = alice.node
        alice.transport.onStop { await node.sessionClosed(SessionID(1), reason: "closed") }
        await node.stop()
        var told: [String] = []
        for await event in node.events { told.append(event.summary) }
        #expect(told == ["presence bob offline", "disconnected bob: closed", "stopped"])
        #expect(alice.transport.pursued.isEmpty)
    }

    @Test("happens once, and everybody who asks for it waits for it")
    func twice() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2, dialled: PeerAddress(host: "elsewhere", port: 1))
        alice.store.hold()
        try await alice.node.send("hi", to: "carol")
        let trusting = Task { try await alice.node.trust(.test(9), name: "eve") }
        try await alice.store.waitForHeld()
        let stopping = (1...3).map { _ in Task { await alice.node.stop() } }
        alice.store.release()
        for stop in stopping { await stop.value }
        // What was on its way to the disk is there.
        _ = try await trusting.value
        #expect(alice.store.contact(9)?.name == "eve")
        #expect(alice.store.contact(2)?.addresses.first?.host == "elsewhere")
        #expect(link.closings.count == 1)
        #expect(await alice.node.undelivered().map(\.count) == [1])
    }

    @Test("lets nothing begin any more")
    func tooLate() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        await alice.node.stop()
        let calls: [@Sendable (Node) async throws -> Void] = [
            { try await $0.send("hi", to: "bob") }, { try await $0.connect(to: .bob) },
            { try await $0.trust(.test(9), name: "eve") }, { try await $0.removeContact("bob") },
            { try await $0.markVerified("bob") }, { try await $0.reject("x") },
        ]
        for call in calls {
            let error = await #expect(throws: NodeFailure.self) { try await call(alice.node) }
            #expect(error?.code == .stopping)
        }
        let late = await alice.open(2, 3)
        #expect(late.closings == [Bye(reason: .quit)])
        await alice.close(1)
        #expect(alice.store.writes == 0)
        #expect(alice.transport.pursued.isEmpty)
    }
}
