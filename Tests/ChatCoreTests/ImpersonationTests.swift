import ChatValues
import Testing

@testable import ChatCore

@Suite("A contact's name with another certificate")
struct ImpersonationTests {
    private let book = AddressBook([
        .test("bob", 1), .test("Robert", 2, certificateName: "rob"),
        Contact(name: "carol", fingerprint: .test(3), certificateName: nil, addedAt: 0),
        .test("nameless", 4, certificateName: ""),
    ])

    @Test(
        "is noticed by the certificate's name and by the user's",
        arguments: [
            ("bob", 1), ("BOB", 1), ("rob", 2), ("ROB", 2), ("robert", 2), ("carol", 3),
            ("Carol", 3), ("nameless", 4),
        ] as [(String, UInt8)])
    func noticed(name: String, victim: UInt8) {
        #expect(
            book.impersonated(byName: name, fingerprint: .test(9))?.fingerprint == .test(victim))
    }

    @Test("is not what a stranger's name is", arguments: ["", "bobby", "b o b", "mallory"])
    func strangers(name: String) {
        #expect(book.impersonated(byName: name, fingerprint: .test(9)) == nil)
    }

    @Test("is not what the contact itself has")
    func themselves() {
        #expect(book.impersonated(byName: "bob", fingerprint: .test(1)) == nil)
        #expect(book.impersonated(byName: "rob", fingerprint: .test(2)) == nil)
    }

    @Test("concerns the one whose certificate says so, before the one who is called so")
    func precedence() {
        let book = AddressBook([
            .test("bob", 1, certificateName: "b"), .test("x", 2, certificateName: "bob"),
        ])
        #expect(book.impersonated(byName: "bob", fingerprint: .test(9))?.fingerprint == .test(2))
    }
}
