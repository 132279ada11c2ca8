import EventSamples
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("Answers to questions")
struct QuestionTests {
    private let trust = Question.trust(
        someFingerprint, name: "bob", address: PeerAddress(host: "192.0.2.7", port: 5_555))
    private let verify = Question.verify(contact("bob"))

    @Test("Only a whole yes is a yes", arguments: ["yes", "YES", " yes "])
    func yes(answer: String) {
        #expect(trust.answer(answer) == .yes)
        #expect(verify.answer(answer) == .yes)
    }

    @Test(
        "Anything else is asked again", arguments: ["", "y", "yes!", "yes I think so", "ja", "n"])
    func unclear(answer: String) {
        #expect(trust.answer(answer) == .unclear)
        #expect(verify.answer(answer) == .unclear)
    }

    @Test("A no is a no")
    func no() {
        #expect(trust.answer("no") == .no)
        #expect(verify.answer("No") == .no)
    }

    @Test("The fingerprint itself is the best answer, and another one a warning")
    func fingerprints() {
        #expect(trust.answer("\(someFingerprint)") == .yes)
        #expect(trust.answer("\(someFingerprint)".replacing(":", with: "").lowercased()) == .yes)
        #expect(trust.answer("\(fingerprint(1))") == .otherFingerprint)
        #expect(trust.answer("AB:CD") == .unclear)
        #expect(verify.answer("\(someFingerprint)") == .unclear)
    }
}
