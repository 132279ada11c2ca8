import P2PChat
import Testing

@testable import ChatDesktopModel

/// What people type and paste.
struct InputTests {
    @Test func theComposerSaysWhenTheEndIsNear() {
        #expect(ComposerLimit("").maySend == false)
        #expect(ComposerLimit(" \n ").maySend == false)
        #expect(ComposerLimit("hello").hint == nil)
        #expect(ComposerLimit(String(repeating: "x", count: 16_000)).hint == "384 bytes left")
        let over = ComposerLimit(String(repeating: "ß", count: 8_193))
        #expect(over.isOver && !over.maySend)
        #expect(ComposerLimit(String(repeating: "ß", count: 8_192)).maySend)
    }

    @Test func aFingerprintIsTakenInAnyForm() {
        let pairs = Array(repeating: "0B", count: 32)
        let expected = AddInput.fingerprint(bob)
        #expect(AddInput(pairs.joined(separator: ":")) == expected)
        #expect(AddInput("  " + pairs.joined().lowercased() + "\n") == expected)
        #expect(AddInput("sha256 Fingerprint=" + pairs.joined(separator: ":")) == expected)
    }

    @Test func nonsenseIsASentence() {
        for text in ["hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"] {
            guard case .unusable(let reason) = AddInput(text) else {
                Issue.record("\(text) was taken")
                continue
            }
            #expect(reason.hasSuffix(".") || reason.contains(":"))
        }
        #expect(AddInput(" \n") == .nothing)
    }

    @Test func aCertificateSaysWhomItNames() throws {
        let identity = try Identity.make(userName: UserName("bob"), keyType: .ed25519)
        guard case .certificates(_, let people) = AddInput(identity.certificate.pem) else {
            Issue.record("not taken")
            return
        }
        #expect(people.map(\.name) == ["bob"])
        #expect(people.map(\.fingerprint) == [identity.fingerprint])
    }

    @Test func addressesAreReadAsPeopleWriteThem() throws {
        #expect(try AddInput.address(host: "  ", port: "5555") == nil)
        #expect(try AddInput.address(host: "host", port: "")?.port == 5_555)
        #expect(try AddInput.address(host: "2001:db8::1", port: "80")?.host == "2001:db8::1")
        #expect(throws: NodeFailure.self) { try AddInput.address(host: "a b", port: "1") }
        #expect(throws: NodeFailure.self) { try AddInput.address(host: "host", port: "0") }
        #expect(throws: NodeFailure.self) { try AddInput.address(host: "host", port: "99999") }
    }

    @Test func passphrasesAreJudgedByWhatTheyAre() {
        #expect(PassphraseStrength("") == .none)
        #expect(PassphraseStrength("aaaaaaaaaaaaaaaaaaaa") == .weak)
        #expect(PassphraseStrength("12345678901234567890") == .weak)
        #expect(PassphraseStrength("tr4v&lxQz9") >= .fair)
        #expect(PassphraseStrength("correct horse battery staple") == .good)
    }

    @Test func settingsSurviveTheirTable() {
        var settings = WindowSettings()
        settings.width = 1_200
        settings.notifications = false
        settings.appearance = .dark
        settings.host = "127.0.0.1"
        settings.port = 6_000
        #expect(WindowSettings(settings.values) == settings)
        #expect(WindowSettings(["window.width": "-4", "window.port": "x"]) == WindowSettings())
    }
}
