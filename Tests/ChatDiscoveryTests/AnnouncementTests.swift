import ChatCore
import ChatIdentity
import ChatValues
import Testing

@testable import ChatDiscovery

@Suite("What is said of where we are")
struct AnnouncementTests {
    private func interface() -> NetworkInterface {
        var interface = NetworkInterface(name: "eth0", index: 2)
        interface.ipv4 = [.init(address: [192, 0, 2, 1], broadcast: nil)]
        interface.ipv6 = [
            [0xFE, 0x80] + zeros(13) + [1], [0x20, 0x01, 0x0D, 0xB8] + zeros(11) + [2],
        ]
        return interface
    }

    private func said(_ listening: String?) -> [String] {
        Announcement(
            at: 1, listening: listening.map { PeerAddress(host: $0, port: 5_555) }, on: interface()
        ).addresses(heardOn: "wlan0").map(\.description)
    }

    @Test(
        "the addresses of that interface that we listen at, the link's with the hearer's own zone")
    func addresses() {
        #expect(
            said("::") == [
                "[2001:db8::2]:5555", "192.0.2.1:5555", "[fe80::1%wlan0]:5555",
            ])
        #expect(said("0.0.0.0") == ["192.0.2.1:5555"])
        #expect(said("192.0.2.1") == ["192.0.2.1:5555"])
        #expect(said("fe80::1%eth0") == ["[fe80::1%wlan0]:5555"])
    }

    @Test("nothing where nobody can reach us there", arguments: [nil, "127.0.0.1", "192.0.2.9"])
    func nothing(listening: String?) {
        #expect(said(listening).isEmpty)
    }

    @Test("what is written can be read, and nothing of another length")
    func roundTrip() {
        let announcement = Announcement(
            at: 1_764_000_000.5, listening: PeerAddress(host: "::", port: 65_535), on: interface())
        let bytes = announcement.bytes
        #expect(Announcement(bytes) == announcement)
        #expect(Announcement(bytes + [0]) == nil)
        #expect(Announcement(bytes.dropLast()) == nil)
    }
}

@Suite("Open announcements are signed")
struct OpenAnnouncementTests {
    private let now = 1_764_000_000.0

    private func identity(_ type: KeyType = .ed25519, _ name: String = "alice") throws -> Identity {
        try Identity.make(userName: try UserName(name), keyType: type)
    }

    @Test("a neighbour is who signed", arguments: KeyType.allCases)
    func reading(type: KeyType) throws {
        let alice = try identity(type)
        let bytes = try #require(OpenAnnouncement.make(announcement(at: now), as: alice))
        var book = OpenBook()
        let read = book.read(bytes, at: now, on: "eth0")
        let neighbour = try #require(read)
        #expect(neighbour.name == "alice")
        #expect(neighbour.fingerprint == alice.fingerprint)
        #expect(neighbour.addresses == [PeerAddress(host: "192.0.2.1", port: 5_555)])
    }

    @Test("a changed byte is a forgery, and so is one cut short")
    func forged() throws {
        let bytes = try #require(OpenAnnouncement.make(announcement(at: now), as: identity()))
        for position in bytes.indices {
            var forged = bytes
            forged[position] ^= 1
            #expect(OpenAnnouncement.read(forged) == nil, "byte \(position)")
            #expect(OpenAnnouncement.read(Array(bytes[..<position])) == nil)
        }
    }

    @Test("an older one is a repetition, and one of another day too")
    func replay() throws {
        let alice = try identity()
        let old = try #require(OpenAnnouncement.make(announcement(at: now), as: alice))
        let new = try #require(OpenAnnouncement.make(announcement(at: now + 30), as: alice))
        var book = OpenBook()
        let (first, second) = (
            book.read(new, at: now + 30, on: "eth0"), book.read(old, at: now + 60, on: "eth0")
        )
        #expect(first != nil)
        #expect(second == nil)
        var later = OpenBook()
        let third = later.read(old, at: now + 90_000, on: "eth0")
        #expect(third == nil)
    }

    @Test("a flood of them costs so many signatures and no more")
    func flood() throws {
        let bytes = try #require(OpenAnnouncement.make(announcement(at: now), as: identity()))
        var book = OpenBook()
        let taken = (0..<100).filter { _ in book.read(bytes, at: now, on: "eth0") != nil }
        #expect(taken.count == 16)
    }
}
