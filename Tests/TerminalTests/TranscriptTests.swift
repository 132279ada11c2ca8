import EventSamples
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("What a person reads", .serialized)
struct TranscriptTests {
    init() { TerminalMode.useUTF8() }

    private func transcript(
        _ style: Style = .plain, secure: Bool = true, columns: Int? = nil
    ) -> Transcript {
        Transcript(
            userName: "alice", isSecure: secure, style: style, columns: columns, now: noon,
            localTime: utc)
    }

    @Test("A message has time, name and text")
    func oneLine() {
        var transcript = transcript()
        #expect(transcript.incoming(message("hello")) == "[14:03] bob: hello\n")
        #expect(
            transcript.outgoing("hi", to: peer(), at: noon, note: "waits")
                == "[14:03] alice → bob: hi  (waits)\n")
    }

    @Test("Further lines are indented: none can pass for another person's")
    func severalLines() {
        var transcript = transcript()
        let text = transcript.incoming(message("one\n[14:03] carol: two\r\n\u{2028}three\n\n"))
        #expect(
            text == "[14:03] bob: one\n        [14:03] carol: two\n        \n        three\n")
    }

    @Test("A line wider than the terminal goes on indented")
    func wide() {
        var transcript = transcript(columns: 40)
        let text = transcript.incoming(
            message("hi" + String(repeating: " ", count: 27) + "[14:03] carol: I agree"))
        #expect(text.split(separator: "\n").dropFirst().allSatisfy { $0.hasPrefix("        ") })
    }

    @Test("A new day is announced once")
    func newDay() {
        var transcript = transcript()
        let tomorrow = transcript.incoming(message("late", at: noon + 86_400))
        #expect(tomorrow == "-- Tuesday, 2025-11-25 --\n[14:03] bob: late\n")
        #expect(transcript.incoming(message("later", at: noon + 86_460)) == "[14:04] bob: later\n")
    }

    @Test("A sender's clock that is far off is told")
    func clock() {
        var transcript = transcript()
        #expect(
            transcript.incoming(message("hi", timestamp: noon - 7_200))
                == "[14:03] bob: hi  (sent 2025-11-24 12:03, by their clock)\n")
        #expect(
            transcript.incoming(message("hi", timestamp: 1e300)).contains("sent at no time"))
    }

    @Test("Another name in the message is a nickname at most")
    func nickname() {
        var transcript = transcript()
        #expect(
            transcript.incoming(message("hi", claimed: "carol")) == "[14:03] bob (\"carol\"): hi\n")
    }

    @Test("In plain text a tilde marks a name as a claim")
    func plainText() {
        var transcript = transcript(secure: false)
        #expect(
            transcript.incoming(message("hi", from: plainPeer("bob"), secure: false))
                == "[14:03] ~bob: hi\n")
    }

    @Test("A message of very many lines is cut, and says so")
    func manyLines() {
        var transcript = transcript()
        let text = transcript.incoming(message(String(repeating: "x\n", count: 8_000)))
        #expect(text.split(separator: "\n").count == 500 + 1)
        #expect(text.hasSuffix("… (7500 more lines are not shown)\n"))
    }

    @Test("Nothing from outside gets through as it came, in any event")
    func hostileText() {
        for style in [Style.plain, .coloured] {
            var transcript = transcript(style)
            for event in allEvents(hostile) {
                var text = transcript.text(for: event, at: noon) ?? ""
                if style.isColoured { text = withoutColours(text) }
                #expect(isSafe(text), "\(event)")
                #expect(!text.contains("\n[14:03] carol"), "\(event)")
            }
            #expect(isSafe(withoutColours(transcript.outgoing(hostile, to: peer(hostile), at: 0))))
        }
    }

    /// Removes the escape sequences that ``Style`` makes, and no others.
    private func withoutColours(_ text: String) -> String {
        var text = text
        for code in ["0", "1", "2", "33", "1;31", "32", "35", "36", "92", "95", "96"] {
            text = text.replacing("\u{1B}[\(code)m", with: "")
        }
        return text
    }

    @Test("A changed certificate is loud: both fingerprints and what to do")
    func changedCertificate() {
        var transcript = transcript()
        let refusal = Refusal(
            reason: .changedCertificate, direction: .inbound, address: PeerAddress("192.0.2.9:1"),
            fingerprint: fingerprint(2), name: "bob", contact: contact("bob", 1), explanation: "")
        let text = transcript.text(for: .refused(refusal), at: noon) ?? ""
        #expect(text.contains("WARNING: THE CERTIFICATE OF bob HAS CHANGED"))
        #expect(text.contains("\(fingerprint(1))"))
        #expect(text.contains("\(fingerprint(2))"))
        #expect(text.contains("--replace"))
    }

    @Test("A request says who, which certificate, and how to answer")
    func request() {
        var transcript = transcript()
        for (name, answer) in [("carol", "/accept carol"), ("c d", "/accept \(someFingerprint)")] {
            let request = ContactRequest(
                name: name, fingerprint: someFingerprint,
                address: PeerAddress(host: "192.0.2.7", port: 9), direction: .inbound,
                firstSeen: noon, lastSeen: noon)
            let text = transcript.text(for: .request(request), at: noon) ?? ""
            #expect(text.contains("\"\(name)\""))
            #expect(text.contains("192.0.2.7:9"))
            #expect(text.contains("\(someFingerprint)"))
            #expect(text.contains(answer))
        }
    }

    @Test("A name has the same colour each time, and none where colours are off")
    func colours() {
        let bob = Style.coloured.name("bob", of: peer())
        #expect(
            bob == Style.coloured.name("bob", of: peer("robert")).replacing("robert", with: "bob"))
        #expect(bob.hasPrefix("\u{1B}[") && bob.hasSuffix("bob\u{1B}[0m"))
        #expect(Style.plain.name("bob", of: peer()) == "bob")
    }

    @Test("In a prompt, sequences in a row are marked as one")
    func promptMarks() {
        let style = Style.coloured
        let prompt = Style.forPrompt(style.apply(.alarm, "A") + style.apply(.quiet, "B") + "> ")
        #expect(
            prompt == "\u{1}\u{1B}[1;31m\u{1}A\u{1}\u{1B}[0m\u{1B}[2m\u{1}B\u{1}\u{1B}[0m\u{1}> ")
    }
}
