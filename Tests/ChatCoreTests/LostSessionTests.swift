import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("When a session is lost")
struct LostSessionTests {
    private func alice() async throws -> TestNode {
        try await TestNode(contacts: [.test("bob", 2, addresses: [.bob])])
    }

    @Test("what was not acknowledged goes out again on the next, in order, with the same ids")
    func resend() async throws {
        let alice = try await alice()
        let first = await alice.open(1, 2)
        for content in ["a", "b", "c", "d"] { try await alice.node.send(content, to: "bob") }
        await alice.acknowledge(1, [first.messages[1]])
        await alice.close(1)
        try await alice.node.send("e", to: "bob")
        _ = try await alice.events()
        let second = await alice.open(2, 2)
        #expect(second.contents == ["a", "c", "d", "e"])
        #expect(second.messages.prefix(3) == [first.messages[0]] + first.messages[2...])
        await alice.acknowledge(2, second.messages)
        let told = try await alice.told()
        #expect(told.filter { $0 == "delivered bob" }.count == 4)
        #expect(await alice.node.undelivered().isEmpty)
    }

    @Test("where the session was is told, whatever addresses are known")
    func place() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        _ = try await alice.events()
        await alice.close(1, "lost")
        let places = try await alice.events().compactMap { event -> PeerAddress?? in
            if case .disconnected(let peer, _, _) = event { .some(peer.address) } else { nil }
        }
        #expect(places == [PeerAddress(host: "192.0.2.2", port: 40_000)])
    }

    @Test("the contact is offline, and gone after with a pause")
    func told() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        #expect(alice.transport.pursued.isEmpty)
        _ = try await alice.events()
        let hurried = alice.transport.hurried
        await alice.close(1, "no sign of life")
        #expect(
            try await alice.told() == ["presence bob offline", "disconnected bob: no sign of life"])
        #expect(alice.transport.pursued == [.test(2): [.bob]])
        #expect(alice.transport.hurried == hurried)
    }

    @Test(
        "because the peer left, its word is the reason",
        arguments: [
            (.quit, "left"), (.rejected, "you are no longer a contact there"),
            (.overloaded, "too many sessions there"),
            (.duplicate, "a second connection was closed"),
            (Bye.Reason(rawValue: "\u{1B}[2Jtired"), "said goodbye"), (nil, "said goodbye"),
        ] as [(Bye.Reason?, String)])
    func farewell(reason: Bye.Reason?, words: String) async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        _ = try await alice.events()
        await alice.receive(1, .bye(Bye(reason: reason)))
        await alice.close(1)
        #expect(try await alice.told().last == "disconnected bob: \(words)")
        #expect(alice.transport.pursued == [.test(2): [.bob]])
    }

    @Test("because our identity talks from elsewhere, the contact is not fought for")
    func replaced() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        await alice.receive(1, .bye(Bye(reason: .replaced)))
        await alice.close(1)
        #expect(alice.transport.pursued.isEmpty)
        // Until the user wants something of them.
        try await alice.node.send("hello", to: "bob")
        #expect(alice.transport.pursued == [.test(2): [.bob]])
    }

    @Test("an error frame's reason is told, made safe")
    func errorFrame() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        await alice.receive(
            1, .error(ErrorFrame(code: .badJSON, reason: "\u{1B}[31mno\u{202E}\nalice: hi")))
        let failure = try #require(try await alice.failures().first)
        #expect(failure.code == .peerError)
        #expect(failure.description.hasPrefix("bob's program ended the session: "))
        #expect(!failure.description.unicodeScalars.contains { $0.value < 32 || $0 == "\u{202E}" })
        await alice.receive(1, .error(ErrorFrame(code: .badJSON, reason: "")))
        let wordless = try await alice.failures().first
        #expect(wordless?.description.hasSuffix("bad-json") == true)
    }

    @Test("nothing more is heard on it")
    func silence() async throws {
        let alice = try await alice()
        _ = await alice.open(1, 2)
        await alice.close(1)
        _ = try await alice.events()
        await alice.receive(1, .message(.test("from beyond")))
        await alice.close(1)
        #expect(try await alice.told() == [])
    }

    @Test("while its messages are being written, none is lost")
    func lossWhileSending() async throws {
        let alice = try await alice()
        let node = alice.node
        for content in ["a", "b", "c"] { try await node.send(content, to: "bob") }
        let link = RecordingLink()
        link.onSend { frame in
            guard case .message(let message) = frame, message.content == "b" else { return }
            node.assumeIsolated { $0.sessionClosed(SessionID(1), reason: "reset") }
        }
        await alice.open(1, 2, link)
        #expect(link.contents == ["a", "b"])
        let next = await alice.open(2, 2)
        #expect(next.contents == ["a", "b", "c"])
    }
}
