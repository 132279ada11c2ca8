import ChatCore
import ChatValues
import Testing

@Suite("A request")
struct RequestTests {
    @Test("is made of an unknown certificate that comes, and told and saved once")
    func inbound() async throws {
        let alice = try await TestNode()
        await alice.node.attemptFailed(.unknown("mallory", 9))
        let events = try await alice.events()
        #expect(events.map(\.summary) == ["request mallory", "refused unknown-certificate"])
        let request = ContactRequest(
            name: "mallory", fingerprint: .test(9), address: .mallory, direction: .inbound,
            firstSeen: alice.clock.now, lastSeen: alice.clock.now)
        guard case .request(let told) = events[0] else { return }
        #expect(told == request)
        try await alice.store.wait(for: "the request on disk") { $0.requests == [request] }
        alice.clock.advance(60)
        await alice.node.attemptFailed(.unknown("mallory", 9))
        #expect(try await alice.told() == ["refused unknown-certificate"])
        let pending = await alice.node.pendingRequests()
        #expect(pending.map(\.lastSeen) == [alice.clock.now])
        #expect(alice.store.writes == 1)
        #expect(!alice.node.pins.contains(.test(9)))
    }

    @Test("is kept from one start to the next")
    func persistence() async throws {
        let alice = try await TestNode(requests: [
            .test("mallory", 9), .test("eve", 8, isRejected: true),
        ])
        #expect(await alice.node.pendingRequests().map(\.name) == ["mallory"])
        await alice.node.attemptFailed(.unknown("mallory", 9))
        await alice.node.attemptFailed(.unknown("eve", 8))
        #expect(
            try await alice.told() == [
                "refused unknown-certificate", "refused unknown-certificate",
            ])
    }

    @Test("that is accepted is a contact, and no request any more")
    func accept() async throws {
        let alice = try await TestNode(requests: [.test("mallory", 9), .test("eve", 8)])
        let contact = try await alice.node.accept("mallory")
        #expect(contact.name == "mallory")
        #expect(contact.certificateName == "mallory")
        // Where it came from is not where it listens.
        #expect(contact.addresses.isEmpty)
        #expect(alice.node.pins.contains(.test(9)))
        #expect(alice.store.contacts == [contact])
        #expect(alice.store.requests.map(\.name) == ["eve"])
        #expect(await alice.node.pendingRequests().map(\.name) == ["eve"])
        #expect(try await alice.told() == ["contacts changed"])
        let error = await #expect(throws: NodeFailure.self) {
            try await alice.node.accept("mallory")
        }
        #expect(error?.code == .unknownRequest)
    }

    @Test("may be accepted under a name of the user's")
    func acceptNamed() async throws {
        let alice = try await TestNode(requests: [.test("mallory", 9)])
        #expect(try await alice.node.accept("09090909", name: "mal").name == "mal")
    }

    @Test("in a contact's name is not accepted beside them")
    func acceptImposter() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)], requests: [.test("Bob", 9)])
        let error = await #expect(throws: NodeFailure.self) { try await alice.node.accept("bob") }
        #expect(error?.code == .contactExists)
        #expect(!alice.node.pins.contains(.test(9)))
        #expect(try await alice.node.accept("bob", name: "bob2").fingerprint == .test(9))
    }

    @Test("that is rejected is not there any more, nor announced again")
    func reject() async throws {
        let alice = try await TestNode(requests: [.test("mallory", 9)])
        try await alice.node.reject("mallory")
        #expect(await alice.node.pendingRequests().isEmpty)
        #expect(alice.store.requests.map(\.isRejected) == [true])
        await alice.node.attemptFailed(.unknown("mallory", 9))
        #expect(try await alice.told() == ["refused unknown-certificate"])
        for call in ["accept", "reject"] {
            let error = await #expect(throws: NodeFailure.self) {
                if call == "accept" {
                    try await alice.node.accept("\(Fingerprint.test(9))")
                } else {
                    try await alice.node.reject("\(Fingerprint.test(9))")
                }
            }
            #expect(error?.code == .unknownRequest)
        }
        // Changing one's mind takes the fingerprint.
        #expect(try await alice.node.trust(.test(9), name: nil).name == "mallory")
        #expect(alice.store.requests.isEmpty)
    }

    @Test("that can't be saved as rejected still waits")
    func rejectFailure() async throws {
        let alice = try await TestNode(requests: [.test("mallory", 9)])
        alice.store.fail(with: StoreFailure(.full, "The disk is full."))
        let error = await #expect(throws: NodeFailure.self) {
            try await alice.node.reject("mallory")
        }
        #expect(error?.code == .storage)
        #expect(await alice.node.pendingRequests().map(\.name) == ["mallory"])
    }

    @Test("that can't be accepted on disk still waits, and nobody is let in")
    func acceptFailure() async throws {
        let alice = try await TestNode(requests: [.test("mallory", 9)])
        alice.store.fail(with: StoreFailure(.full, "The disk is full."))
        let error = await #expect(throws: NodeFailure.self) {
            try await alice.node.accept("mallory")
        }
        #expect(error?.code == .storage)
        #expect(error?.description == "The disk is full.")
        #expect(await alice.node.pendingRequests().map(\.name) == ["mallory"])
        #expect(!alice.node.pins.contains(.test(9)))
        #expect(await alice.node.contacts().isEmpty)
        #expect(try await alice.told() == [])
    }

    @Test("that can't be saved is one failure, however many there are, and waits in memory")
    func saveFailure() async throws {
        let alice = try await TestNode()
        alice.store.hold()
        await alice.node.attemptFailed(.unknown("m1", 1 + 100))
        try await alice.store.waitForHeld()
        for byte: UInt8 in 102...110 { await alice.node.attemptFailed(.unknown("m\(byte)", byte)) }
        alice.store.fail(with: StoreFailure(.full, "The disk is full."))
        _ = try await alice.events()
        alice.store.release()
        let description = try await alice.event("the failure") { event in
            if case .failure(let failure) = event { failure.description } else { nil }
        }
        #expect(description == "The disk is full.")
        #expect(try await alice.told() == [])
        #expect(await alice.node.pendingRequests().count == 10)
    }

    @Test("that is accepted while it knocks again is not saved again")
    func knockingWhileAccepted() async throws {
        let alice = try await TestNode()
        alice.store.hold()
        let trusting = Task { try await alice.node.trust(.test(9), name: "mal") }
        try await alice.store.waitForHeld()
        await alice.node.attemptFailed(.unknown("mallory", 9))
        alice.store.release()
        _ = try await trusting.value
        #expect(await alice.node.pendingRequests().isEmpty)
        await alice.node.stop()
        #expect(alice.store.requests.isEmpty)
        #expect(alice.store.contacts.map(\.name) == ["mal"])
    }

    @Test("pushed out by others is forgotten on disk too")
    func bound() async throws {
        let alice = try await TestNode()
        for number in 0..<300 {
            alice.clock.advance(2)
            await alice.node.attemptFailed(.stranger(number))
        }
        await alice.node.stop()
        let kept = Set((44..<300).map { "m\($0)" })
        #expect(Set(await alice.node.pendingRequests().map(\.name)) == kept)
        #expect(Set(alice.store.requests.map(\.name)) == kept)
    }

    @Test("pushed out by others is forgotten before they are saved, so that 256 are enough")
    func evictionOrder() async throws {
        let known = (0..<256).map { number in
            ContactRequest.test("m\(number)", UInt8(number), at: Double(number))
        }
        let alice = try await TestNode(fingerprint: .own, requests: known)
        alice.store.hold()
        await alice.node.attemptFailed(.stranger(1_000))
        try await alice.store.waitForHeld()
        await alice.node.attemptFailed(.stranger(1_001))
        await alice.node.attemptFailed(.stranger(1_002))
        alice.store.release()
        await alice.node.stop()
        #expect(alice.store.mostRequests == 256)
        #expect(alice.store.requests.count == 256)
    }

    @Test("has a name that is bounded")
    func longName() async throws {
        let alice = try await TestNode()
        await alice.node.attemptFailed(.unknown(String(repeating: "ü", count: 50_000), 9))
        #expect(await alice.node.pendingRequests().map(\.name.utf8.count) == [256])
    }
}
