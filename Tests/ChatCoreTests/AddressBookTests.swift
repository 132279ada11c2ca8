import ChatValues
import Testing

@testable import ChatCore

@Suite("A contact is found by what a person says")
struct AddressBookTests {
    private static let bob = Contact.test("bob", 0xB0)
    private let book = AddressBook([
        bob, .test("Carol", 0xCA), .test("дмитрий", 0xD1), .test("Zoë", 0x20),
    ])

    private func failure(_ reference: String, in book: AddressBook? = nil) -> NodeFailure? {
        do throws(NodeFailure) {
            _ = try (book ?? self.book).find(reference)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "by name, whatever the case",
        arguments: [
            ("bob", "bob"), ("BOB", "bob"), ("carol", "Carol"), ("ДМИТРИЙ", "дмитрий"),
            ("ZOE\u{308}", "Zoë"),
        ])
    func name(reference: String, found: String) throws {
        #expect(try book.find(reference).name == found)
    }

    @Test("by fingerprint, however it is written")
    func fingerprint() throws {
        let colons = Self.bob.fingerprint.description
        let bare = colons.filter { $0 != ":" }
        let spellings = [
            colons, colons.lowercased(), bare, bare.lowercased(),
            colons.split(separator: ":").joined(separator: " "),
            colons.split(separator: ":").joined(separator: "-"),
            "SHA256:" + bare, "sha256 Fingerprint=" + colons,
        ]
        for spelling in spellings { #expect(try book.find(spelling) == Self.bob) }
    }

    @Test(
        "by the beginning of a fingerprint, eight digits or more",
        arguments: ["B0B0B0B0", "b0b0b0b0b", "B0:B0:B0:B0", "b0 b0 b0 b0 b0", "B0-B0-B0-B0:B0"])
    func prefix(reference: String) throws {
        #expect(try book.find(reference) == Self.bob)
    }

    @Test(
        "and nobody else is",
        arguments: [
            "", " ", "bo", "bobb", "mallory", "B0B0B0B", "B0:B0:B0:B", "B0B0B0B1", "b0b0b0bx",
            "Ｂ０Ｂ０Ｂ０Ｂ０", "::::::::", "0", "\u{202E}bob",
        ])
    func unknown(reference: String) {
        #expect(failure(reference)?.code == .unknownContact)
    }

    @Test("a fingerprint that is not pinned is nobody's, whoever has it for a name")
    func unpinnedFingerprint() {
        let unpinned = Fingerprint.test(0x77)
        let trap = Contact(
            name: unpinned.description.filter { $0 != ":" }, fingerprint: .test(0x66), addedAt: 0)
        #expect(failure("\(unpinned)", in: AddressBook([trap]))?.code == .unknownContact)
        #expect(failure(trap.name, in: AddressBook([trap]))?.code == .unknownContact)
    }

    @Test("names that differ in case are told apart by their spelling, or not at all")
    func ambiguousNames() throws {
        let book = AddressBook([.test("bob", 1), .test("Bob", 2)])
        #expect(try book.find("Bob").fingerprint == .test(2))
        let error = try #require(failure("BOB", in: book))
        #expect(error.code == .ambiguousContact)
        for contact in book.sorted {
            #expect(error.description.contains("\(contact.name) \(contact.fingerprint)"))
        }
    }

    @Test("a beginning that several share is ambiguous")
    func ambiguousPrefix() throws {
        var bytes = [UInt8](repeating: 0xB0, count: 32)
        bytes[31] = 0
        let twin = try #require(Fingerprint(bytes: bytes))
        let book = AddressBook([Self.bob, Contact(name: "twin", fingerprint: twin, addedAt: 0)])
        let error = try #require(failure("b0b0b0b0b0", in: book))
        #expect(error.code == .ambiguousContact)
        #expect(error.description.contains("\(Self.bob.fingerprint)"))
        #expect(error.description.contains("\(twin)"))
        #expect(try book.find("\(twin)").name == "twin")
    }

    @Test("a name like the beginning of another's fingerprint is ambiguous")
    func nameLikePrefix() {
        let book = AddressBook([Self.bob, .test("b0b0b0b0", 0x66)])
        #expect(failure("b0b0b0b0", in: book)?.code == .ambiguousContact)
        // Like that of one's own it is not.
        let own = AddressBook([Contact.test("b0b0b0b0", 0xB0)])
        #expect(failure("b0b0b0b0", in: own) == nil)
    }

    @Test("what a person typed is shown safely and shortly")
    func shown() throws {
        let error = try #require(
            failure("\u{1B}[2Jbob\u{202E}\n" + String(repeating: "x", count: 500)))
        #expect(!error.description.unicodeScalars.contains { $0.value < 32 })
        #expect(!error.description.contains("\u{202E}"))
        #expect(error.description.count < 300)
    }

    @Test("the list is by name")
    func order() {
        #expect(book.sorted.map(\.name) == ["Carol", "Zoë", "bob", "дмитрий"])
        #expect(book.pins == [.test(0xB0), .test(0xCA), .test(0xD1), .test(0x20)])
    }
}
