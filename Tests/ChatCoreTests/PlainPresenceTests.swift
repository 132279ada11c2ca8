import ChatValues
import ChatWire
import Testing

@testable import ChatCore

@Suite("Presence in plain text")
struct PlainPresenceTests {
    private let bobs = PeerAddress(host: "192.0.2.2", port: 5_556)

    private func presence(
        _ action: UserPresence.Action, _ name: String = "bob", port: Int? = 5_556
    ) -> Frame {
        .presence(UserPresence(action: action, username: name, ip: "203.0.113.66", port: port))
    }

    @Test("is told, and listed at the host that we see and the port that was named")
    func announce() async throws {
        let alice = try await TestNode.plain()
        _ = await alice.openPlain(1)
        _ = try await alice.events()
        await alice.receive(1, presence(.online), presence(.online))
        let events = try await alice.events()
        #expect(events.map(\.summary) == ["presence bob online"])
        guard case .presence(let peer, _) = events[0] else { return }
        #expect(peer.fingerprint == nil)
        #expect(peer.address == bobs)
        #expect(await alice.node.plainPeersOnline().map(\.address) == [bobs])
        await alice.receive(1, presence(.away))
        #expect(try await alice.told() == ["presence bob away"])
        #expect(await alice.node.plainPeersOnline().map(\.presence) == [.away])
        await alice.receive(1, presence(.offline), presence(.offline))
        #expect(try await alice.told() == ["presence bob offline"])
        #expect(await alice.node.plainPeersOnline().isEmpty)
    }

    @Test("says where a message to that name goes, also when the connection is gone")
    func reach() async throws {
        let alice = try await TestNode.plain()
        _ = await alice.openPlain(1)
        await alice.receive(1, presence(.online))
        await alice.close(1)
        try await alice.node.send("hi", to: "bob")
        #expect(alice.transport.dials == [.init(address: bobs, expected: nil)])
    }

    @Test("of one name at two places is ambiguous")
    func ambiguous() async throws {
        let alice = try await TestNode.plain()
        _ = await alice.openPlain(1)
        await alice.receive(1, presence(.online), presence(.online, port: 6_000))
        let error = await #expect(throws: NodeFailure.self) {
            try await alice.node.send("hi", to: "bob")
        }
        #expect(error?.code == .ambiguousContact)
        await alice.receive(1, presence(.offline, port: 6_000))
        try await alice.node.send("hi", to: "bob")
        #expect(alice.transport.dials.map(\.address) == [bobs])
    }

    @Test("without a port is at the connection itself", arguments: [nil, 0])
    func noPort(port: Int?) async throws {
        let alice = try await TestNode.plain()
        let link = await alice.openPlain(1)
        await alice.receive(1, presence(.online, port: port))
        try await alice.node.send("hi", to: "bob")
        #expect(link.contents == ["hi"])
        #expect(alice.transport.dials.isEmpty)
    }

    @Test("is answered with ours, by the address that the peer can reach")
    func answer() async throws {
        let alice = try await TestNode.plain()
        let link = await alice.openPlain(1)
        await alice.receive(1, presence(.online))
        #expect(
            link.presence == [
                UserPresence(action: .online, username: "alice", ip: "192.0.2.1", port: 5_555)
            ])
        await alice.receive(1, .presenceList(PresenceList()))
        #expect(link.lists.map { $0.users?.map(\.name) } == [["alice"]])
    }

    @Test("that lists others tells nothing")
    func lists() async throws {
        let alice = try await TestNode.plain()
        _ = await alice.openPlain(1)
        _ = try await alice.events()
        await alice.receive(
            1, .presenceList(PresenceList(users: [.init(name: "eve", ip: "203.0.113.1", port: 1)])))
        #expect(try await alice.told() == [])
        #expect(await alice.node.plainPeersOnline().isEmpty)
    }

    @Test("is kept of 1,024 places, the oldest given up first")
    func bound() {
        var peers = PlainPeers()
        for number in 1...3_000 {
            let address = PeerAddress(host: "h", port: number)
            _ = peers.announce(name: "n\(number)", at: address, presence: .online)
        }
        #expect(peers.online.count == PlainPeers.limit)
        #expect(throws: NodeFailure.self) { try peers.find("n1976") }
        #expect(throws: Never.self) { try peers.find("n1977") }
        #expect(throws: Never.self) { try peers.find("n3000") }
    }

    @Test("under another name from the same place takes the first one's place")
    func renamed() throws {
        var peers = PlainPeers()
        let changes = ["bob", "rob", "rob"].map {
            peers.announce(name: $0, at: bobs, presence: .online)
        }
        #expect(changes == [true, true, false])
        #expect(peers.online.map(\.name) == ["rob"])
        #expect(throws: NodeFailure.self) { try peers.find("bob") }
    }
}
