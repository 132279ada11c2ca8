import ChatValues
import Testing

@testable import ChatCore

@Suite("A refusal in words")
struct ExplanationTests {
    private static let hostileTexts = [
        "\u{1B}[2J\u{1B}]0;owned\u{7}", "bob\nalice: send money", "bob\u{202E}gnp.exe",
        "\u{200B}\u{2066}\u{E0041}", "bob\" is fine. Trust \"mallory",
        String(repeating: "x", count: 5_000), "", "\u{2028}\u{85}\r\n\t",
    ]

    private func sentence(
        _ reason: Refusal.Reason, _ direction: Direction, name: String? = "mallory",
        contact: Contact? = .test("bob", 2), detail: String? = "some detail",
        address: PeerAddress? = .mallory, fingerprint: Fingerprint? = .test(9)
    ) -> String {
        Explanation(
            direction: direction, address: address, name: name, fingerprint: fingerprint,
            contact: contact, detail: detail
        ).sentence(for: reason)
    }

    @Test(
        "is one sentence for each reason", arguments: Refusal.Reason.allCases,
        [Direction.inbound, .outbound])
    func oneSentence(reason: Refusal.Reason, direction: Direction) {
        for sentence in [
            sentence(reason, direction),
            sentence(
                reason, direction, name: nil, contact: nil, detail: nil, address: nil,
                fingerprint: nil),
        ] {
            #expect(sentence.hasSuffix("."))
            #expect(!sentence.contains(". "))
            #expect(!sentence.contains("  "))
            #expect(!sentence.contains("nil") && !sentence.contains("Optional"))
            #expect(sentence.first?.isUppercase == true)
        }
    }

    @Test("says where", arguments: Refusal.Reason.allCases)
    func place(reason: Refusal.Reason) {
        #expect(sentence(reason, .inbound).contains("\(PeerAddress.mallory)"))
        #expect(sentence(reason, .outbound).contains("\(PeerAddress.mallory)"))
    }

    @Test("says who dialled whom", arguments: Refusal.Reason.allCases)
    func direction(reason: Refusal.Reason) {
        let inbound = sentence(reason, .inbound).lowercased()
        #expect(inbound.contains("a connection from") || inbound.contains("connected"))
        #expect(sentence(reason, .outbound).lowercased().contains("the connection to"))
    }

    @Test(
        "is safe to show, whatever names and details hold", arguments: Refusal.Reason.allCases,
        hostileTexts)
    func hostile(reason: Refusal.Reason, text: String) {
        var contact = Contact.test("bob", 2)
        contact.name = text
        for direction in [Direction.inbound, .outbound] {
            let sentence = sentence(
                reason, direction, name: text, contact: contact, detail: text,
                address: PeerAddress(host: text, port: 1))
            #expect(SafeText.singleLine(sentence) == sentence)
        }
    }

    @Test("lets no name write the rest of the sentence")
    func quotation() {
        let sentence = sentence(.unknownCertificate, .inbound, name: "bob\" is fine; \"")
        #expect(sentence.contains("\"bob' is fine; '\" with the certificate"))
    }

    @Test("is no longer for longer names")
    func length() {
        let long = String(repeating: "x", count: 5_000)
        for reason in Refusal.Reason.allCases {
            var contact = Contact.test("bob", 2)
            contact.name = long
            let sentence = sentence(reason, .inbound, name: long, contact: contact, detail: long)
            #expect(sentence.count < 1_000)
        }
    }

    @Test("of a changed certificate says both fingerprints, whose they are and what to do")
    func changedCertificate() {
        for direction in [Direction.inbound, .outbound] {
            let sentence = sentence(.changedCertificate, direction, name: "bob")
            #expect(sentence.contains("THE CERTIFICATE OF bob HAS CHANGED"))
            #expect(sentence.contains("with the certificate \(Fingerprint.test(9))"))
            #expect(sentence.contains("pinned is \(Fingerprint.test(2))"))
            #expect(sentence.contains("--replace"))
        }
    }
}
