import ChatValues
import TestSupport
import Testing

@testable import ChatCore

@Suite("A certificate's name becomes a label")
struct ContactLabelTests {
    private static let fallback = "contact-ABABABAB"

    private func label(_ name: String?) -> String {
        ContactLabel.derived(fromCertificateName: name, .test(0xAB))
    }

    @Test("as it is, where it can be one", arguments: ["bob", "Zoë", "дмитрий", "b.o_b-2", "_x"])
    func kept(name: String) {
        #expect(label(name) == name)
    }

    @Test(
        "with hyphens for what a label can't hold",
        arguments: [
            ("Bob Smith", "Bob-Smith"), ("bob/smith", "bob-smith"), ("  bob  ", "bob"),
            ("../../etc/passwd", "etc-passwd"), ("-rf", "rf"), (".hidden", "hidden"),
            ("bob\u{202E}gnp.exe", "bob-gnp.exe"), ("bob\u{200B}", "bob"),
            ("bob\u{1B}[2J", "bob-2J"), ("bob\nalice: hi", "bob-alice-hi"),
            ("bob 👩‍👩‍👧", "bob"), ("\u{301}bob", "bob"), ("bob@host:5555", "bob-host-5555"),
        ])
    func mended(name: String, expected: String) {
        #expect(label(name) == expected)
    }

    @Test(
        "or, where nothing is left, the fingerprint's beginning",
        arguments: ["", " ", "//", "...", "👩‍👩‍👧", "\u{202E}", "---", "\u{301}\u{301}"])
    func nothing(name: String) {
        #expect(label(name) == Self.fallback)
    }

    @Test("none has the fingerprint's too")
    func none() {
        #expect(label(nil) == Self.fallback)
    }

    @Test("cut to 64 bytes, between characters")
    func long() throws {
        let long = label(String(repeating: "ü", count: 100))
        #expect(long == String(repeating: "ü", count: 32))
        #expect(label(String(repeating: "a", count: 63) + "ü") == String(repeating: "a", count: 63))
        // One character of a thousand marks.
        let marks = label("a" + String(repeating: "\u{301}", count: 1_000))
        #expect(marks == Self.fallback)
    }

    @Test("and always is one")
    func always() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let length = Int.random(in: 0...90, using: &random)
            var name = String.UnicodeScalarView()
            while name.count < length {
                let limit: UInt32 = Bool.random(using: &random) ? 0x80 : 0x11_0000
                let value = UInt32.random(in: 0..<limit, using: &random)
                if let scalar = Unicode.Scalar(value) { name.append(scalar) }
            }
            #expect(throws: Never.self) { try UserName(label(String(name))) }
        }
    }
}
