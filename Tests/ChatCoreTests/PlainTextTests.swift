import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("In plain text")
struct PlainTextTests {
    private let there = PeerAddress(host: "192.0.2.7", port: 5_556)

    private func failure(_ alice: TestNode, to peer: String) async -> NodeFailure? {
        do throws(NodeFailure) {
            try await alice.node.send("hi", to: peer)
            return nil
        } catch {
            return error
        }
    }

    private func send(_ alice: TestNode, _ references: String...) async throws {
        for reference in references {
            try await alice.node.send(reference, to: "\(there)", reference: reference)
        }
    }

    @Test("an address is dialled once, and gets all that waits, one message at a time")
    func send() async throws {
        let alice = try await TestNode.plain()
        try await send(alice, "r1", "r2")
        #expect(alice.transport.dials == [.init(address: there, expected: nil)])
        #expect(try await alice.told() == ["queued \(there) r1", "queued \(there) r2"])
        let link = await alice.openPlain(1, dialled: there)
        #expect(link.contents == ["r1"])
        await alice.acknowledge(1, link.messages)
        #expect(link.contents == ["r1", "r2"])
        try await send(alice, "r3")
        #expect(alice.transport.dials.count == 1)
        #expect(
            try await alice.told() == [
                "connected \(there) seed", "sent \(there) r1", "delivered \(there) r1",
                "sent \(there) r2", "queued \(there) r3",
            ])
    }

    @Test("what can't be reached is told for each message, by its reference")
    func unreachable() async throws {
        let alice = try await TestNode.plain()
        try await send(alice, "r1", "r2")
        _ = try await alice.events()
        await alice.node.dialFailed(there, expecting: nil, explanation: "It is shut.")
        let failures = try await alice.failures()
        #expect(failures.map(\.code) == [.unreachable, .unreachable])
        #expect(failures.map(\.reference) == ["r1", "r2"])
        #expect(failures.first?.description == "It is shut. The message was not delivered.")
        #expect(await alice.node.undelivered().isEmpty)
        // And it may be tried again.
        try await send(alice, "r3")
        #expect(alice.transport.dials.count == 2)
        await alice.node.attemptFailed(
            FailedAttempt(reason: .closed, direction: .outbound, address: there))
        #expect(
            try await alice.told() == [
                "queued \(there) r3", "failure unreachable r3", "refused closed",
            ])
        try await alice.node.connect(to: there)
        #expect(alice.transport.dials.count == 3)
        await alice.node.dialFailed(there, expecting: nil, explanation: "It is shut.")
        #expect(try await alice.told() == ["failure unreachable"])
    }

    @Test("what is left when a connection ends goes out on the next, except what was on the way")
    func loss() async throws {
        let alice = try await TestNode.plain()
        try await send(alice, "r1", "r2", "r3")
        _ = await alice.openPlain(1, dialled: there)
        _ = try await alice.events()
        await alice.close(1)
        #expect(
            try await alice.told() == ["failure unconfirmed r1", "disconnected \(there): lost"])
        #expect(alice.transport.dials.count == 2)
        let next = await alice.openPlain(2, dialled: there)
        #expect(next.contents == ["r2"])
        await alice.acknowledge(2, next.messages)
        await alice.acknowledge(2, next.messages)
        await alice.close(2)
        #expect(alice.transport.dials.count == 2)
        #expect(await alice.node.undelivered().isEmpty)
    }

    @Test("of two connections to one place the one that is left takes over")
    func twoConnections() async throws {
        let alice = try await TestNode.plain()
        try await send(alice, "r1", "r2")
        let older = await alice.openPlain(1, dialled: there)
        _ = await alice.openPlain(2, dialled: there)
        await alice.acknowledge(1, older.messages)
        _ = try await alice.events()
        await alice.close(2)
        #expect(try await alice.told() == ["failure unconfirmed r2"])
        try await send(alice, "r3")
        #expect(older.contents == ["r1", "r3"])
        #expect(alice.transport.dials.count == 1)
    }

    @Test("who hangs up can't be told any more, and each message for them is reported")
    func inboundEnds() async throws {
        let alice = try await TestNode.plain()
        let link = await alice.openPlain(1)
        await alice.receive(1, .message(.test("hi", sender: "bob")))
        for reference in ["r1", "r2"] {
            try await alice.node.send(reference, to: "bob", reference: reference)
        }
        #expect(link.contents == ["r1"])
        _ = try await alice.events()
        await alice.close(1)
        #expect(
            try await alice.told() == [
                "failure unconfirmed r1", "disconnected bob: lost", "failure unreachable r2",
            ])
        #expect(alice.transport.dials.isEmpty)
        #expect(await failure(alice, to: "bob")?.code == .unknownContact)
    }

    @Test("a message has the name that it claims, and is nobody's")
    func message() async throws {
        let alice = try await TestNode.plain()
        let link = await alice.openPlain(1)
        let id = MessageID.random()
        await alice.receive(1, .message(.test("hi", id: id, sender: "bob")))
        let told = try await alice.events().compactMap {
            if case .message(let message) = $0 { message } else { nil }
        }
        #expect(told.map(\.peer.name) == ["bob"])
        #expect(told.map(\.peer.fingerprint) == [nil])
        #expect(told.map(\.peer.trust) == [nil])
        #expect(told.map(\.claimedSender) == [nil])
        #expect(told.map(\.secure) == [false])
        #expect(link.receipts.map(\.id) == [id])
        await alice.receive(1, .message(.test("hi", sender: "")))
        let nameless = try await alice.told()
        #expect(nameless == ["message 192.0.2.2:40000: hi"])
    }

    @Test("a name that two have is an error that lists where they are")
    func ambiguous() async throws {
        let alice = try await TestNode.plain()
        for id in [1, 2] as [UInt64] {
            _ = await alice.openPlain(id, from: PeerAddress(host: "192.0.2.9", port: Int(id)))
            await alice.receive(id, .message(.test("hi", sender: "bob")))
        }
        let failure = await failure(alice, to: "bob")
        #expect(failure?.code == .ambiguousContact)
        #expect(failure?.description.contains("192.0.2.9:1 or 192.0.2.9:2") == true)
    }

    @Test("there are no contacts, and their names lead nowhere")
    func noContacts() async throws {
        let alice = try await TestNode.plain()
        #expect(await failure(alice, to: "bob")?.code == .unknownContact)
        #expect(await failure(alice, to: "\(Fingerprint.test(2))")?.code == .unknownContact)
        #expect(await failure(alice, to: "192.0.2.7:0")?.code == .badAddress)
        #expect(alice.transport.dials.isEmpty)
        let error = await #expect(throws: NodeFailure.self) {
            try await alice.node.connect(to: there, expecting: "bob")
        }
        #expect(error?.code == .insecureMode)
    }

    @Test("a certificate means nothing")
    func certificate() async throws {
        let alice = try await TestNode.plain()
        _ = await alice.open(1, 2, dialect: .seed)
        let event = try #require(try await alice.events().first)
        guard case .connected(let peer, let secure, _) = event else {
            Issue.record("\(event)")
            return
        }
        #expect(peer.fingerprint == nil)
        #expect(!secure)
    }

    @Test("what waits for an address is memory, and bounded")
    func bound() async throws {
        let alice = try await TestNode.plain()
        let large = String(repeating: "x", count: WireLimits.content)
        for _ in 0..<4_096 { try await alice.node.send(large, to: "\(there)") }
        #expect(await failure(alice, to: "\(there)")?.code == .queueFull)
        #expect(await failure(alice, to: "192.0.2.8:5556") == nil)
        #expect(await alice.node.undelivered().map(\.count).sorted() == [1, 4_096])
        // As soon as one is delivered there is room for another.
        let link = await alice.openPlain(1, dialled: there)
        await alice.acknowledge(1, Array(link.messages.prefix(1)))
        #expect(await failure(alice, to: "\(there)") == nil)
    }

    @Test("everything is gone when all has ended")
    func growth() async throws {
        let alice = try await TestNode.plain()
        for id in 1...500 as ClosedRange<UInt64> {
            _ = await alice.openPlain(
                id, from: PeerAddress(host: "192.0.2.9", port: Int(id)))
            await alice.receive(id, .message(.test("hi", sender: "n\(id)")))
            await alice.close(id)
        }
        #expect(await alice.node.sizes() == [0, 0, 0, 0, 0])
    }
}
