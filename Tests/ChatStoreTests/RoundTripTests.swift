import ChatCore
import ChatStore
import ChatValues
import Testing

@Suite("What is saved is there again")
struct RoundTripTests {
    @Test("a contact with everything, through closing and opening")
    func contactThroughReopening() async throws {
        let folder = try TemporaryFolder()
        var bob = try contact(1, name: "Bob ✓ 👩‍👩‍👧 \u{202E}")
        bob.trust = .verified
        bob.certificateName = "bob"
        bob.knownAddresses = [
            KnownAddress(
                PeerAddress(host: "fe80::1%eth0", port: 5555), origin: .beacon,
                workedAt: 1_764_000_000.5),
            KnownAddress(PeerAddress(host: "bob.example", port: 0), origin: .manual),
            KnownAddress(PeerAddress(host: "192.0.2.7", port: 65_535), origin: .session),
        ]
        bob.addedAt = 1_764_000_000.25
        let store = try ChatStore.open(at: folder.database)
        try await store.save(bob)
        #expect(try await store.load().contacts == [bob])
        try await store.close()

        let again = try ChatStore.open(at: folder.database)
        let records = try await again.load()
        #expect(records.contacts == [bob])
        #expect(records.requests.isEmpty)
        try await again.integrityCheck()
    }

    @Test("a contact in place of another, under the same name, or neither changes")
    func replacement() async throws {
        let store = try ChatStore.inMemory()
        let old = try contact(1, name: "bob")
        let new = try contact(2, name: "bob")
        let carol = try contact(3, name: "carol")
        try await store.save(old)
        try await store.save(carol)
        try await store.replace(old, with: new)
        #expect(try await store.load().contacts == [new, carol])
        var clash = try contact(4, name: "carol")
        clash.addedAt = 7
        await #expect(throws: StoreFailure.self) {
            try await store.replace(new, with: clash)
        }
        #expect(try await store.load().contacts == [new, carol])
    }

    @Test("a request, with what was decided about it")
    func request() async throws {
        let store = try ChatStore.inMemory()
        let stranger = ContactRequest(
            name: "eve", fingerprint: try fingerprint(2),
            address: PeerAddress(host: "fe80::1%eth0", port: 40_000), direction: .outbound,
            firstSeen: 12.5, lastSeen: 13.75, isRejected: true)
        try await store.save(stranger)
        #expect(try await store.load().requests == [stranger])
        try await store.removeRequest(stranger.fingerprint)
        #expect(try await store.load().requests.isEmpty)
    }

    @Test(
        "a name comes back byte for byte",
        arguments: [
            "bob\0evil", "\0", "e\u{301}", "\u{E9}", "'; DROP TABLE contact; --", "\u{FFFF}",
        ])
    func exactNames(name: String) async throws {
        let store = try ChatStore.inMemory()
        var saved = try contact(1, name: name)
        saved.certificateName = name
        try await store.save(saved)
        try await store.save(try ChatStoreTests.request(2, name: name, seen: 1))
        let records = try await store.load()
        for read in [
            records.contacts[0].name, records.contacts[0].certificateName ?? "",
            records.requests[0].name,
        ] {
            #expect(Array(read.utf8) == Array(name.utf8))
        }
    }

    @Test("no certificate name is not an empty one")
    func absentCertificateName() async throws {
        let store = try ChatStore.inMemory()
        var saved = try contact(1)
        for name in [nil, "", "x", nil] {
            saved.certificateName = name
            try await store.save(saved)
            #expect(try await store.load().contacts == [saved])
        }
    }

    @Test("saving again replaces, addresses included")
    func replacing() async throws {
        let store = try ChatStore.inMemory()
        var bob = try contact(1, name: "bob")
        bob.knownAddresses = (1...3).map { KnownAddress(PeerAddress(host: "a", port: $0)) }
        try await store.save(bob)
        bob.name = "robert"
        bob.knownAddresses = [PeerAddress(host: "b", port: 1), PeerAddress(host: "a", port: 2)].map
        { KnownAddress($0) }
        try await store.save(bob)
        #expect(try await store.load().contacts == [bob])
        // The same name in another case is no conflict with oneself.
        bob.name = "Robert"
        try await store.save(bob)
        #expect(try await store.load().contacts == [bob])

        var eve = try ChatStoreTests.request(2, seen: 1)
        try await store.save(eve)
        eve.lastSeen = 2
        eve.address = PeerAddress(host: "c", port: 9)
        try await store.save(eve)
        #expect(try await store.load().requests == [eve])
    }

    @Test("eight addresses are kept, the newest, each once")
    func addresses() async throws {
        let store = try ChatStore.inMemory()
        var bob = try contact(1)
        let many = (1...12).map { PeerAddress(host: "a", port: $0) }
        bob.knownAddresses = ([many[0], many[1], many[0]] + many).map { KnownAddress($0) }
        try await store.save(bob)
        #expect(try await store.load().contacts[0].addresses == Array(many.prefix(8)))
    }

    @Test("a contact's request goes with the save, a contact's addresses with the contact")
    func belongings() async throws {
        let store = try ChatStore.inMemory()
        try await store.save(try ChatStoreTests.request(1, seen: 1))
        try await store.save(try ChatStoreTests.request(2, seen: 2))
        var bob = try contact(1)
        bob.knownAddresses = [PeerAddress(host: "a", port: 1)].map { KnownAddress($0) }
        try await store.save(bob)
        let requests = try await store.load().requests
        #expect(requests.map(\.fingerprint) == [try fingerprint(2)])

        try await store.removeContact(bob.fingerprint)
        try await store.removeContact(bob.fingerprint)
        #expect(try await store.load().contacts.isEmpty)
        bob.knownAddresses = []
        try await store.save(bob)
        #expect(try await store.load().contacts == [bob])
    }

    @Test("contacts come by name, requests oldest first")
    func order() async throws {
        let store = try ChatStore.inMemory()
        for (number, name) in ["carol", "Bob", "alice"].enumerated() {
            try await store.save(try contact(number, name: name))
            try await store.save(
                try ChatStoreTests.request(100 + number, seen: 50 - Double(number)))
        }
        let records = try await store.load()
        #expect(records.contacts.map(\.name) == ["alice", "Bob", "carol"])
        #expect(records.requests.map(\.firstSeen) == [48, 49, 50])
    }

    @Test("a caller that is cancelled has still saved")
    func cancelledCaller() async throws {
        let store = try ChatStore.inMemory()
        let bob = try contact(1)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await store.save(bob)
        }
        try await task.value
        #expect(try await store.load().contacts == [bob])
    }

    @Test("many callers at once lose nothing")
    func manyCallers() async throws {
        let folder = try TemporaryFolder()
        let store = try ChatStore.open(at: folder.database)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask { try await store.save(try contact(number)) }
                group.addTask { _ = try await store.load() }
            }
            try await group.waitForAll()
        }
        #expect(try await store.load().contacts.count == 50)
    }
}
