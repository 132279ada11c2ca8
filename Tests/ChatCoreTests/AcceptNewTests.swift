import ChatCore
import ChatValues
import Testing

@Suite("With --accept-new")
struct AcceptNewTests {
    private func alice(_ contacts: [Contact] = []) async throws -> TestNode {
        try await TestNode(acceptNew: true, contacts: contacts)
    }

    @Test("who answers where we dialled is a contact for good, and dialled again")
    func outbound() async throws {
        let alice = try await alice()
        await alice.node.attemptFailed(.unknown("bob", 2, .outbound, at: .bob))
        try await alice.store.wait(for: "the contact on disk") { $0.contact(2) != nil }
        let told: String = try await alice.event("the change") { $0.summary }
        #expect(told == "contacts changed")
        #expect(alice.node.pins.contains(.test(2)))
        #expect(await alice.node.contacts().map(\.contact.name) == ["bob"])
        #expect(alice.transport.pursued == [.test(2): [.bob]])
        #expect(await alice.node.pendingRequests().isEmpty)
        #expect(try await alice.told() == [])
        // Until it answers, the user is told of the first failure at least.
        await alice.node.dialFailed(.bob, expecting: .test(2), explanation: "Gone.")
        #expect(try await alice.told() == ["failure unreachable"])
    }

    @Test("who dials us is not")
    func inbound() async throws {
        let alice = try await alice()
        await alice.node.attemptFailed(.unknown("mallory", 9))
        #expect(try await alice.told() == ["request mallory", "refused unknown-certificate"])
        #expect(!alice.node.pins.contains(.test(9)))
    }

    @Test("a contact's name with another certificate is not")
    func changedCertificate() async throws {
        let alice = try await alice([.test("bob", 2)])
        for expected in [nil, 2] as [UInt8?] {
            await alice.node.attemptFailed(.unknown("Bob", 9, .outbound, expected: expected))
        }
        #expect(
            try await alice.told() == [
                "refused changed-certificate", "refused changed-certificate",
            ])
        #expect(alice.store.writes == 0)
    }

    @Test("who answers instead of the contact dialled is not")
    func wrongContact() async throws {
        let alice = try await alice([.test("bob", 2)])
        await alice.node.attemptFailed(.unknown("mallory", 9, .outbound, expected: 2))
        #expect(try await alice.told() == ["refused wrong-contact"])
        #expect(alice.store.writes == 0)
    }

    @Test("two of one name that answer at once are not both")
    func twins() async throws {
        let alice = try await alice()
        alice.store.hold()
        await alice.node.attemptFailed(.unknown("bob", 2, .outbound, at: .bob))
        await alice.node.attemptFailed(.unknown("bob", 9, .outbound, at: .mallory))
        try await alice.store.waitForHeld()
        alice.store.release()
        let code = try await alice.event("the failure") { event in
            if case .failure(let failure) = event { failure.code } else { nil }
        }
        #expect(code == .contactExists)
        #expect(await alice.node.contacts().map(\.contact.fingerprint) == [.test(2)])
        #expect(alice.transport.pursued == [.test(2): [.bob]])
    }

    @Test("who can't be saved is not, and that is told")
    func storeFailure() async throws {
        let alice = try await alice()
        alice.store.fail(with: StoreFailure(.full, "The disk is full."))
        await alice.node.attemptFailed(.unknown("bob", 2, .outbound, at: .bob))
        let told: String = try await alice.event("the failure") { $0.summary }
        #expect(told == "failure storage")
        #expect(!alice.node.pins.contains(.test(2)))
        #expect(alice.transport.pursued.isEmpty)
    }
}
