import P2PChat
import Testing

@testable import ChatCore
@testable import ChatDesktopModel

/// The list of contacts.
struct ContactListTests {
    private func status(_ name: String, _ byte: String, _ presence: PresenceState = .offline)
        throws -> ContactStatus
    {
        let fingerprint = try #require(Fingerprint(String(repeating: byte, count: 32)))
        return ContactStatus(
            contact: Contact(name: name, fingerprint: fingerprint, addedAt: noon),
            presence: presence, session: nil)
    }

    @Test func theNewestConversationIsFirstAndTheRestGoByName() throws {
        var list = ContactList()
        list.replace([
            try status("carol", "0c"), try status("alice", "0a"), try status("bob", "0b"),
        ])
        #expect(list.items.map(\.name) == ["alice", "bob", "carol"])
        let carol = try #require(list.items.last).id
        list.note(carol, text: "hello", isOurs: false, time: noon)
        #expect(list.items.map(\.name) == ["carol", "alice", "bob"])
        #expect(list[carol]?.preview == "hello")
    }

    @Test func whatIsKnownStaysWhenContactsAreReadAnew() throws {
        var list = ContactList()
        list.replace([try status("bob", "0b")])
        let id = try #require(list.items.first).id
        list.change(id) { $0.unread = 3 }
        list.replace([try status("robert", "0b", .online)])
        #expect(list[id]?.unread == 3)
        #expect(list[id]?.name == "robert")
        #expect(list.unread == 3)
    }

    @Test func aRowSaysAllOfItToAScreenReader() {
        let item = ContactItem(
            id: .plain(PlainName(name: "bob", address: nil)), name: "bob", presence: .away,
            trust: .verified, preview: "hi", unread: 1, isBlocked: true)
        #expect(
            item.spoken(now: noon)
                == "bob, Away, verified, certificate changed, 1 unread message, hi")
    }

    @Test func lettersStandForANameWithoutAny() {
        func initials(_ name: String) -> String {
            ContactItem(id: .plain(PlainName(name: name, address: nil)), name: name).initials
        }
        #expect(initials("ada.lovelace") == "AL")
        #expect(initials("bob") == "B")
        #expect(initials("--") == "?")
    }

    @Test func aBadgeHasAnEnd() {
        var item = ContactItem(id: .plain(PlainName(name: "b", address: nil)), name: "b")
        #expect(item.badge == nil)
        item.unread = 12
        #expect(item.badge == "12")
        item.unread = ConversationSummary.unreadLimit
        #expect(item.badge == "999+")
    }
}
