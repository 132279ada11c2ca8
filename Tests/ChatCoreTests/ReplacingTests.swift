import ChatCore
import ChatValues
import ChatWire
import Testing

@Suite("A contact's new certificate")
struct ReplacingTests {
    private let other = PeerAddress(host: "198.51.100.7", port: 5_555)

    private func alice() async throws -> TestNode {
        try await TestNode(contacts: [
            .test("bob", 2, trust: .verified, addresses: [.bob, other]), .test("carol", 3),
        ])
    }

    @Test("takes the old one's place, keeps the addresses, and is to be verified anew")
    func replace() async throws {
        let alice = try await alice()
        let contact = try await alice.node.trust(
            .test(9), name: "BOB", certificateName: "bob", replacing: true)
        #expect(contact.fingerprint == .test(9))
        #expect(contact.trust == .trusted)
        #expect(contact.addresses == [.bob, other])
        #expect(!alice.node.pins.contains(.test(2)))
        #expect(alice.node.pins.contains(.test(9)))
        #expect(Set(alice.store.contacts.map(\.fingerprint)) == [.test(9), .test(3)])
        #expect(alice.transport.pursued == [.test(9): [.bob, other]])
    }

    @Test("without a name takes the place of whose name it carries, under the user's label")
    func unnamed() async throws {
        let alice = try await TestNode(contacts: [.test("Robert", 2, certificateName: "bob")])
        let contact = try await alice.node.trust(
            .test(9), name: nil, certificateName: "bob", replacing: true)
        #expect(contact.name == "Robert")
        #expect(alice.store.contacts == [contact])
        #expect(!alice.node.pins.contains(.test(2)))
    }

    @Test("of somebody who is no contact is a new contact")
    func nobody() async throws {
        let alice = try await alice()
        try await alice.node.trust(.test(9), name: "dave", replacing: true)
        #expect(await alice.node.contacts().map(\.contact.name) == ["bob", "carol", "dave"])
    }

    @Test("may be one that another contact has")
    func merged() async throws {
        let alice = try await alice()
        let contact = try await alice.node.trust(.test(3), name: "bob", replacing: true)
        #expect(contact.name == "bob")
        #expect(contact.addresses == [.bob, other])
        #expect(alice.store.contacts == [contact])
    }

    @Test("ends the old session, and reports what was still to be delivered")
    func session() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        try await alice.node.send("secret", to: "bob", reference: "r1")
        _ = try await alice.events()
        try await alice.node.trust(.test(9), name: "bob", replacing: true)
        #expect(link.closings == [Bye(reason: .rejected)])
        #expect(
            try await alice.told() == [
                "presence bob offline", "disconnected bob: bob's certificate was replaced",
                "failure unknown-contact r1", "contacts changed",
            ])
        // Nothing of it goes to the new one by itself.
        #expect(await alice.open(2, 9).messages.isEmpty)
    }

    @Test("that can't be saved leaves the old one as it was")
    func failure() async throws {
        let alice = try await alice()
        let link = await alice.open(1, 2)
        alice.store.fail(with: StoreFailure(.full, "The disk is full."))
        let error = await #expect(throws: NodeFailure.self) {
            try await alice.node.trust(.test(9), name: "bob", replacing: true)
        }
        #expect(error?.code == .storage)
        #expect(alice.node.pins.contains(.test(2)))
        #expect(!alice.node.pins.contains(.test(9)))
        #expect(link.closings.isEmpty)
        #expect(await alice.node.contacts().map(\.contact.trust) == [.verified, .trusted])
    }

    @Test("in a store without transactions is undone when it fails half-way")
    func withoutTransactions() async throws {
        let bob = Contact.test("bob", 2)
        let store = FragileStore(holding: bob, refusing: .test(9))
        await #expect(throws: StoreFailure.self) {
            try await store.replace(bob, with: .test("bob", 9))
        }
        #expect(try await store.load().contacts == [bob])
        try await store.replace(bob, with: .test("bob", 8))
        #expect(try await store.load().contacts == [.test("bob", 8)])
    }
}

/// A store without transactions, which refuses to save one contact.
private actor FragileStore: TrustStore {
    private var contacts: [Contact]
    private let refused: Fingerprint

    init(holding contact: Contact, refusing refused: Fingerprint) {
        self.contacts = [contact]
        self.refused = refused
    }

    func load() async throws -> TrustRecords { TrustRecords(contacts: contacts) }
    func save(_ contact: Contact) async throws {
        guard contact.fingerprint != refused else { throw StoreFailure(.full, "Full.") }
        contacts.append(contact)
    }
    func removeContact(_ fingerprint: Fingerprint) async throws {
        contacts.removeAll { $0.fingerprint == fingerprint }
    }
    func save(_ request: ContactRequest) async throws {}
    func removeRequest(_ fingerprint: Fingerprint) async throws {}
}
