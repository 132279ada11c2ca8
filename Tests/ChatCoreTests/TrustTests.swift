import ChatCore
import ChatValues
import Testing

@Suite("Trusting a certificate")
struct TrustTests {
    private func failure(
        _ body: () async throws(NodeFailure) -> Void
    ) async -> NodeFailure? {
        do throws(NodeFailure) {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test("makes a contact of it, on disk, in memory and in the handshake")
    func new() async throws {
        let alice = try await TestNode()
        let contact = try await alice.node.trust(.test(2), name: nil, certificateName: "bob")
        #expect(
            contact
                == Contact(
                    name: "bob", fingerprint: .test(2), trust: .trusted, certificateName: "bob",
                    addedAt: alice.clock.now))
        #expect(alice.store.contacts == [contact])
        #expect(await alice.node.contacts().map(\.contact) == [contact])
        #expect(alice.node.pins.contains(.test(2)))
        #expect(!alice.node.pins.contains(.test(3)))
        #expect(try await alice.told() == ["contacts changed"])
    }

    @Test("again changes nothing")
    func again() async throws {
        let bob = Contact.test("bob", 2, trust: .verified, addresses: [.bob])
        let alice = try await TestNode(contacts: [bob])
        #expect(try await alice.node.trust(.test(2), name: nil, certificateName: "bob") == bob)
        #expect(try await alice.node.trust(.test(2), name: "bob") == bob)
        #expect(alice.store.writes == 0)
        #expect(try await alice.told() == [])
    }

    @Test("learns the certificate's name where only the fingerprint was known")
    func certificateName() async throws {
        let alice = try await TestNode()
        try await alice.node.trust(.test(2), name: "Robert")
        #expect(alice.store.contact(2)?.certificateName == nil)
        let contact = try await alice.node.trust(.test(2), name: nil, certificateName: "bob")
        #expect(contact.name == "Robert")
        #expect(alice.store.contact(2)?.certificateName == "bob")
    }

    @Test("under another name renames the contact, who stays verified")
    func rename() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2, trust: .verified)])
        let contact = try await alice.node.trust(.test(2), name: "Robert")
        #expect(contact.name == "Robert")
        #expect(contact.trust == .verified)
        let again = try await alice.node.renameContact("ROBERT", to: "robert")
        #expect(again.name == "robert")
        #expect(alice.store.contacts.map(\.name) == ["robert"])
        let unknown = await failure { () async throws(NodeFailure) in
            try await alice.node.renameContact("bob", to: "x")
        }
        #expect(unknown?.code == .unknownContact)
    }

    @Test("under a name that is taken, in any case, is an error that says both fingerprints")
    func taken() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2), .test("carol", 3)])
        for (byte, name) in [(9, "bob"), (9, "BOB"), (3, "Bob")] as [(UInt8, String)] {
            let error = await failure { () async throws(NodeFailure) in
                try await alice.node.trust(.test(byte), name: name)
            }
            #expect(error?.code == .contactExists)
            #expect(error?.description.contains("\(Fingerprint.test(2))") == true)
            #expect(error?.description.contains("\(Fingerprint.test(byte))") == true)
            #expect(error?.description.contains("--replace") == true)
        }
        #expect(alice.store.contacts.map(\.name) == ["bob", "carol"])
        #expect(alice.store.writes == 0)
    }

    @Test("of a contact's name needs another name, or the word that it replaces the old one")
    func impersonation() async throws {
        let alice = try await TestNode(contacts: [.test("Robert", 2, certificateName: "bob")])
        for name in ["bob", "BOB", "robert"] {
            let error = await failure { () async throws(NodeFailure) in
                try await alice.node.trust(.test(9), name: nil, certificateName: name)
            }
            #expect(error?.code == .contactExists)
        }
        let other = try await alice.node.trust(.test(9), name: "bob2", certificateName: "bob")
        #expect(other.name == "bob2")
    }

    @Test("of our own is refused")
    func ourselves() async throws {
        let alice = try await TestNode()
        let error = await failure { () async throws(NodeFailure) in
            try await alice.node.trust(.test(1), name: "me", replacing: true)
        }
        #expect(error?.code == .ourselves)
        #expect(!alice.node.pins.contains(.test(1)))
    }

    @Test(
        "under a name that can't be one is refused",
        arguments: ["", " ", "bob smith", "-x", "../bob", "bob\u{202E}", "bob\n", "a/b"])
    func badName(name: String) async throws {
        let alice = try await TestNode()
        let error = await failure { () async throws(NodeFailure) in
            try await alice.node.trust(.test(2), name: name)
        }
        #expect(error?.code == .badName)
        #expect(alice.store.contacts.isEmpty)
    }

    @Test("takes a label from the certificate's name, whatever that is")
    func label() async throws {
        let alice = try await TestNode()
        let hostile = "Bob\u{202E} / Smith\n" + String(repeating: "x", count: 100_000)
        let contact = try await alice.node.trust(.test(2), name: nil, certificateName: hostile)
        #expect(contact.name.hasPrefix("Bob-Smith-xxx"))
        #expect(contact.name.utf8.count == UserName.maximumByteCount)
        // What is kept of the name itself has a bound too.
        #expect(contact.certificateName?.utf8.count == 256)
        let nameless = try await alice.node.trust(.test(0xAB), name: nil, certificateName: "")
        #expect(nameless.name == "contact-ABABABAB")
    }

    @Test("lets in no name of a contact twice, when two come at once")
    func atOnce() async throws {
        let alice = try await TestNode()
        alice.store.hold()
        let first = Task { try await alice.node.trust(.test(2), name: "bob") }
        try await alice.store.waitForHeld()
        let second = Task { try await alice.node.trust(.test(3), name: "BOB") }
        // Nothing counts before it is on disk.
        #expect(!alice.node.pins.contains(.test(2)))
        #expect(await alice.node.contacts().isEmpty)
        alice.store.release()
        #expect(try await first.value.name == "bob")
        let error = await #expect(throws: NodeFailure.self) { try await second.value }
        #expect(error?.code == .contactExists)
        #expect(await alice.node.contacts().map(\.contact.fingerprint) == [.test(2)])
        #expect(alice.store.contacts.map(\.fingerprint) == [.test(2)])
    }

    @Test("under another name keeps an address that is learnt while the disk is at work")
    func concurrentLearning() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        alice.store.hold()
        let renaming = Task { try await alice.node.renameContact("bob", to: "Robert") }
        try await alice.store.waitForHeld()
        _ = await alice.open(1, 2, dialled: .bob)
        alice.store.release()
        let contact = try await renaming.value
        #expect(contact.name == "Robert")
        #expect(contact.addresses == [.bob])
        await alice.node.stop()
        #expect(alice.store.contacts == [contact])
    }

    @Test("goes after the contact, where an address is known")
    func reach() async throws {
        let alice = try await TestNode(requests: [
            .test("bob", 2, direction: .outbound, address: .bob)
        ])
        let contact = try await alice.node.trust(.test(2), name: nil)
        #expect(contact.addresses == [.bob])
        #expect(alice.transport.pursued == [.test(2): [.bob]])
        #expect(alice.store.requests.isEmpty)
    }

    @Test("changes nobody's contacts in plain text")
    func plain() async throws {
        let alice = try await TestNode.plain()
        let calls: [@Sendable (Node) async throws -> Void] = [
            { try await $0.trust(.test(2), name: "bob") },
            { try await $0.accept("bob") }, { try await $0.reject("bob") },
            { try await $0.removeContact("bob") }, { try await $0.markVerified("bob") },
            { try await $0.renameContact("bob", to: "x") }, { _ = try await $0.contact("bob") },
        ]
        for call in calls {
            let error = await #expect(throws: NodeFailure.self) { try await call(alice.node) }
            #expect(error?.code == .insecureMode)
        }
        #expect(await alice.node.contacts().isEmpty)
        #expect(alice.store.writes == 0)
    }
}
