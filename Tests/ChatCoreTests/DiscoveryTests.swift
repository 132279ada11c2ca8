import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("What is found is dialled, with the pin and within bounds")
struct DiscoveryTests {
    private let place = PeerAddress(host: "192.0.2.77", port: 5_555)

    private func alice(contacts: [Contact] = [.test("bob", 2)]) async throws -> TestNode {
        try await TestNode(contacts: contacts)
    }

    private func find(
        _ alice: TestNode, _ addresses: PeerAddress..., contact: UInt8 = 2, isLocal: Bool = true
    ) async {
        await alice.node.found(
            Candidate(
                contact: .test(contact), addresses: addresses, origin: .beacon, isLocal: isLocal))
    }

    @Test("a contact with no address is gone after where it was found")
    func found() async throws {
        let alice = try await alice()
        await find(alice, place)
        #expect(alice.transport.pursued == [.test(2): [place]])
    }

    @Test("where it worked is kept, with where it came from and when")
    func kept() async throws {
        let alice = try await alice()
        await find(alice, place)
        _ = await alice.open(1, 2, remote: place, dialled: place)
        #expect(
            try await alice.node.contact("bob").knownAddresses == [
                KnownAddress(place, origin: .beacon, workedAt: alice.clock.now)
            ])
    }

    @Test("what only was found is not kept")
    func notKept() async throws {
        let alice = try await alice()
        await find(alice, place)
        #expect(try await alice.node.contact("bob").addresses.isEmpty)
    }

    @Test("nobody is dialled for a stranger")
    func stranger() async throws {
        let alice = try await alice()
        await find(alice, place, contact: 9)
        #expect(alice.transport.pursued.isEmpty)
    }

    @Test(
        "no crowd, no nobody, no name, and from afar nothing of this machine or link",
        arguments: [
            "0.0.0.0", "255.255.255.255", "224.0.0.1", "239.255.255.250", "240.0.0.1", "0.1.2.3",
            "::", "ff02::1", "ff0e::1", "::ffff:224.0.0.1", "::ffff:127.0.0.1", "::1", "127.0.0.1",
            "127.9.9.9", "169.254.1.1", "fe80::1", "fe80::1%eth0", "::127.0.0.1", "localhost",
            "example.org", "", "192.0.2.1%eth0", "2001:db8::1%eth0",
        ])
    func hostile(host: String) async throws {
        let alice = try await alice()
        await find(alice, PeerAddress(host: host, port: 5_555), isLocal: false)
        #expect(alice.transport.pursued.isEmpty)
    }

    @Test("a port that is none is not dialled", arguments: [0, -1, 65_536])
    func port(port: Int) async throws {
        let alice = try await alice()
        await find(alice, PeerAddress(host: "192.0.2.1", port: port))
        #expect(alice.transport.pursued.isEmpty)
    }

    @Test(
        "heard on the network, addresses of the link and of this machine will do",
        arguments: ["fe80::1%eth0", "169.254.1.1", "127.0.0.1", "::1", "2001:db8::1"])
    func local(host: String) async throws {
        let alice = try await alice()
        let place = PeerAddress(host: host, port: 5_555)
        await find(alice, place)
        #expect(alice.transport.pursued == [.test(2): [place]])
    }

    @Test("an address of the link without the link is none")
    func noZone() async throws {
        let alice = try await alice()
        await find(alice, PeerAddress(host: "fe80::1", port: 5_555))
        #expect(alice.transport.pursued.isEmpty)
    }

    @Test("no more than eight addresses at a time, the newest first")
    func limit() async throws {
        let alice = try await alice()
        for number in 1...20 { await find(alice, PeerAddress(host: "192.0.2.\(number)", port: 1)) }
        await alice.node.networkChanged(hosts: [])
        let hosts = alice.transport.pursued[.test(2)]?.map(\.host)
        #expect(hosts == (13...20).reversed().map { "192.0.2.\($0)" })
    }

    @Test("said again and again, it is acted on a few times a minute")
    func repeated() async throws {
        let alice = try await alice()
        for number in 0..<600 {
            await find(alice, PeerAddress(host: "192.0.2.\(number % 250)", port: 5_555))
            alice.clock.advance(0.1)
        }
        // Six at once and six in the minute.
        #expect((6...12).contains(alice.transport.hurried))
    }

    @Test("of a connected contact elsewhere, the session is asked for a sign of life")
    func moved() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2, remote: PeerAddress(host: "192.0.2.2", port: 40_000))
        await find(alice, PeerAddress(host: "192.0.2.2", port: 5_555))
        #expect(link.probes == 0)
        await find(alice, place)
        #expect(link.probes == 1)
        #expect(alice.transport.pursued.isEmpty)
        // The session turns out to be dead.
        await alice.close(1)
        #expect(alice.transport.pursued[.test(2)]?.first == place)
    }

    @Test("after a change of the network everybody is sought at once, and sessions are asked")
    func networkChange() async throws {
        let alice = try await alice(
            contacts: [.test("bob", 2), .test("carol", 3, addresses: [.mallory])])
        let link = await alice.open(1, 2)
        let before = alice.transport.hurried
        await alice.node.networkChanged(hosts: ["192.0.2.1"])
        #expect(alice.transport.hurried == before + 1)
        #expect(link.probes == 1)
        #expect(link.closings.isEmpty)
    }

    @Test("a session from an address that this machine has no more is over")
    func ownAddressGone() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        await alice.node.networkChanged(hosts: ["198.51.100.1", "fe80::1"])
        #expect(link.closings.count == 1)
    }

    @Test("a machine that only others speak of is dialled a few times a minute, whoever speaks")
    func budget() async throws {
        let contacts = (2...40).map { Contact.test("peer \($0)", $0) }
        let alice = try await TestNode(contacts: contacts)
        for contact in contacts {
            await alice.node.found(
                Candidate(
                    contact: contact.fingerprint,
                    addresses: (1...8).map { PeerAddress(host: "203.0.113.9", port: $0) },
                    origin: .beacon, isLocal: true))
        }
        var dials = 0
        for contact in contacts {
            for port in 1...8 {
                let target = PeerAddress(host: "203.0.113.9", port: port)
                if await alice.node.mayDial(target, expecting: contact.fingerprint) { dials += 1 }
            }
        }
        #expect(dials == 8)
        // Written in another way it is the same machine.
        let same = PeerAddress(host: "::ffff:203.0.113.9", port: 1)
        #expect(await !alice.node.mayDial(same, expecting: .test(2)))
        alice.clock.advance(60)
        var more = 0
        for _ in 0..<100 where await alice.node.mayDial(same, expecting: .test(2)) { more += 1 }
        #expect(more == 6)
    }

    @Test("where the user said so there is no such bound")
    func asked() async throws {
        let alice = try await alice()
        try await alice.node.connect(to: place, expecting: "bob")
        for _ in 0..<100 { #expect(await alice.node.mayDial(place, expecting: .test(2))) }
    }

    @Test("a thousand machines used up leave none for another thousand")
    func manyTargets() async throws {
        let alice = try await alice()
        func dial(_ index: Int) async -> Bool {
            await alice.node.mayDial(
                PeerAddress(host: "10.0.\(index / 256).\(index % 256)", port: 1),
                expecting: .test(2))
        }
        for index in 0..<1_024 { #expect(await dial(index)) }
        #expect(await !dial(5_000))
        alice.clock.advance(60)
        #expect(await dial(5_000))
    }

    @Test("in plain text what is heard is in the online list until it is gone")
    func plain() async throws {
        let alice = try await TestNode.plain()
        await alice.node.heardPlain(name: "carol", at: place, presence: .online)
        await alice.node.heardPlain(name: "carol", at: place, presence: .online)
        #expect(await alice.node.plainPeersOnline().map(\.name) == ["carol"])
        #expect(try await alice.told().count == 1)
        await alice.node.heardPlain(name: "carol", at: place, presence: .offline)
        #expect(await alice.node.plainPeersOnline().isEmpty)
    }

    @Test("plain text's announcements are nothing where there are contacts")
    func plainInSecure() async throws {
        let alice = try await alice()
        await alice.node.heardPlain(name: "bob", at: place, presence: .online)
        #expect(await alice.node.plainPeersOnline().isEmpty)
    }
}
