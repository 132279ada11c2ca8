import ChatValues
import ChatWire
import Testing

@testable import ChatCore

@Suite("Who goes through a proxy is not told of, and learns nothing of who is near it")
struct ProxyTests {
    private let onion = PeerAddress(host: "vww6ybal4bd7szmg.onion", port: 5_555)

    private func alice(_ contact: Contact = .test("bob", 2)) async throws -> TestNode {
        try await TestNode(
            contacts: [contact], proxy: PeerAddress(host: "127.0.0.1", port: 9_050))
    }

    @Test("presence and the presence list name no address")
    func presence() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        await alice.receive(1, .presenceList(PresenceList()))
        let presence = try #require(link.presence.first)
        #expect(presence.ip == nil && presence.port == nil)
        #expect(link.lists.map { $0.users?.count } == [0])
    }

    @Test("where a session came from is nobody's address")
    func inbound() async throws {
        let alice = try await alice()
        _ = await alice.open(
            1, 2, hello: Hello(username: "bob", port: 6_000),
            remote: PeerAddress(host: "127.0.0.1", port: 40_000))
        #expect(try await alice.node.contact("bob").knownAddresses.isEmpty)
        _ = await alice.open(2, 2, remote: onion, dialled: onion)
        #expect(try await alice.node.contact("bob").knownAddresses.map(\.address) == [onion])
    }

    @Test("what means something near this machine alone is not dialled from another")
    func known() async throws {
        func known(_ host: String, _ origin: AddressOrigin) -> KnownAddress {
            KnownAddress(PeerAddress(host: host, port: 5_555), origin: origin)
        }
        let given = [known("192.168.1.7", .manual), known("bob.example", .manual)]
        let far = [known("198.51.100.7", .dht), known("2001:db8::7", .session)]
        let near = [
            known("192.168.1.8", .beacon), known("192.168.1.9", .nearby),
            known("127.0.0.1", .session), known("fe80::7%eth0", .session),
            known("169.254.3.4", .session), known("10.1.2.3", .session), known("fd00::7", .dht),
        ]
        let alice = try await alice(
            Contact(
                name: "bob", fingerprint: .test(2), knownAddresses: near + given + far, addedAt: 0))
        #expect(alice.transport.pursued == [.test(2): (given + far).map(\.address)])
        let direct = try await TestNode(
            contacts: [
                Contact(
                    name: "bob", fingerprint: .test(2), knownAddresses: near + given, addedAt: 0)
            ])
        #expect(direct.transport.pursued == [.test(2): (near + given).map(\.address)])
    }

    @Test("the status says so")
    func status() async throws {
        let alice = try await alice()
        #expect(await alice.node.status().proxy == PeerAddress(host: "127.0.0.1", port: 9_050))
    }

    @Test(
        "our clock is compared with the clocks of contacts",
        arguments: [
            ([], nil), ([3], 3), ([-3, 7_200], -3), ([7_200, 7_100, 2], 7_100),
            ([-90_000, 1, 2, 90_000], 1),
        ] as [([Double], Double?)])
    func clocks(_ differences: [Double], _ median: Double?) async throws {
        #expect(ClockComparison(differences)?.difference == median)
        let alice = try await TestNode(
            contacts: differences.indices.map { .test("bob\($0)", UInt8($0 + 2)) })
        for (index, difference) in differences.enumerated() {
            _ = await alice.open(
                UInt64(index), UInt8(index + 2),
                hello: Hello(username: "bob", timestamp: alice.clock.now + difference))
        }
        let compared = await alice.node.status().clock
        #expect(compared?.difference == median)
        #expect(compared?.contacts == (median == nil ? nil : differences.count))
    }
}
