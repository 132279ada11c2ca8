import ChatCore
import ChatValues
import Testing

@Suite("A connection that is turned away")
struct RefusalTests {
    private func alice(_ contacts: [Contact] = []) async throws -> TestNode {
        try await TestNode(contacts: contacts)
    }

    @Test("is told with all that is known of it")
    func told() async throws {
        let alice = try await alice()
        await alice.node.attemptFailed(.unknown("mallory", 9))
        let refusal = try #require(try await alice.refusals().first)
        #expect(refusal.reason == .unknownCertificate)
        #expect(refusal.direction == .inbound)
        #expect(refusal.address == .mallory)
        #expect(refusal.fingerprint == .test(9))
        #expect(refusal.name == "mallory")
        #expect(refusal.contact == nil)
        #expect(refusal.explanation.contains("\(Fingerprint.test(9))"))
    }

    @Test(
        "in a contact's name is a warning that says both fingerprints, and no request",
        arguments: [Direction.inbound, .outbound], ["bob", "BOB", "Robert", "robert"])
    func changedCertificate(direction: Direction, name: String) async throws {
        let alice = try await alice([.test("Robert", 2, certificateName: "bob")])
        await alice.node.attemptFailed(.unknown(name, 9, direction))
        let refusal = try #require(try await alice.refusals().first)
        #expect(refusal.reason == .changedCertificate)
        #expect(refusal.contact?.fingerprint == .test(2))
        #expect(refusal.explanation.contains("\(Fingerprint.test(2))"))
        #expect(refusal.explanation.contains("\(Fingerprint.test(9))"))
        #expect(refusal.explanation.contains("--replace"))
        #expect(await alice.node.pendingRequests().isEmpty)
    }

    @Test("where another contact answers than the one dialled, is neither a warning nor a request")
    func wrongContact() async throws {
        let alice = try await alice([.test("bob", 2), .test("carol", 3)])
        await alice.node.attemptFailed(.unknown("carol", 3, .outbound, expected: 2, at: .bob))
        let refusal = try #require(try await alice.refusals().first)
        #expect(refusal.reason == .wrongContact)
        #expect(refusal.contact?.name == "bob")
        #expect(refusal.fingerprint == .test(3))
        #expect(await alice.node.pendingRequests().isEmpty)
    }

    @Test("of a contact poses as nobody, also where another has that name")
    func namesakes() async throws {
        let alice = try await alice([.test("bob", 2), .test("bob2", 3, certificateName: "bob")])
        await alice.node.attemptFailed(.unknown("bob", 3, .outbound, expected: 2, at: .bob))
        #expect(try await alice.told() == ["refused wrong-contact"])
    }

    @Test("where a stranger answers instead of the contact dialled, is no request")
    func strangerInstead() async throws {
        let alice = try await alice([.test("bob", 2)])
        await alice.node.attemptFailed(.unknown("mallory", 9, .outbound, expected: 2, at: .bob))
        #expect(try await alice.told() == ["refused wrong-contact"])
        #expect(await alice.node.pendingRequests().isEmpty)
    }

    @Test("is no request where it is ourselves", arguments: [Direction.inbound, .outbound])
    func ourselves(direction: Direction) async throws {
        let alice = try await alice()
        await alice.node.attemptFailed(.unknown("alice", 1, direction))
        #expect(try await alice.told() == ["refused ourselves"])
        #expect(await alice.node.pendingRequests().isEmpty)
    }

    @Test("is no request without a certificate")
    func noCertificate() async throws {
        let alice = try await alice()
        for reason in Refusal.Reason.allCases {
            await alice.node.attemptFailed(
                FailedAttempt(reason: reason, direction: .inbound, address: .mallory))
        }
        #expect(
            try await alice.told() == Refusal.Reason.allCases.map { "refused \($0.rawValue)" })
        #expect(await alice.node.pendingRequests().isEmpty)
    }

    @Test("is no request where it was accepted meanwhile")
    func acceptedMeanwhile() async throws {
        let alice = try await alice([.test("bob", 2)])
        await alice.node.attemptFailed(.unknown("bob", 2))
        #expect(try await alice.told() == [])
        // What we dialled is dialled again.
        await alice.node.attemptFailed(.unknown("bob", 2, .outbound, at: .bob))
        #expect(alice.transport.pursued == [.test(2): [.bob]])
        #expect(await alice.node.pendingRequests().isEmpty)
    }

    @Test("is told each time, but no faster than a person can read")
    func rate() async throws {
        let alice = try await alice()
        for _ in 0..<500 { await alice.node.attemptFailed(.unknown("mallory", 9)) }
        #expect(try await alice.refusals().count == 100)
        alice.clock.advance(5)
        for _ in 0..<500 { await alice.node.attemptFailed(.unknown("mallory", 9)) }
        #expect(try await alice.refusals().count == 10)
    }

    @Test("is not hidden by many of another kind")
    func noise() async throws {
        let alice = try await alice([.test("bob", 2)])
        let noise = FailedAttempt(reason: .notTLS, direction: .inbound, address: .mallory)
        for _ in 0..<300 { await alice.node.attemptFailed(noise) }
        _ = try await alice.events()
        await alice.node.attemptFailed(.unknown("bob", 9))
        #expect(try await alice.told() == ["refused changed-certificate"])
    }

    @Test("that we dialled is told however many others there are")
    func ownDial() async throws {
        let alice = try await alice()
        for _ in 0..<300 { await alice.node.attemptFailed(.unknown("mallory", 9)) }
        _ = try await alice.events()
        for _ in 0..<200 { await alice.node.attemptFailed(.unknown("mallory", 9, .outbound)) }
        #expect(try await alice.refusals().count == 200)
    }

    @Test("after the end is not told")
    func stopping() async throws {
        let alice = try await alice()
        await alice.node.stop()
        await alice.node.attemptFailed(.unknown("mallory", 9))
        var told: [String] = []
        for await event in alice.node.events { told.append(event.summary) }
        #expect(told == ["stopped"])
    }
}
