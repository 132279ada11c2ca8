import ChatCore
import EventSamples
import Testing

@testable import ChatControl

@Suite("Whose message an event is about")
struct ControlReferenceTests {
    @Test(
        "What goes to the node comes back",
        arguments: [nil, "1", "\"a b\"", "{\"x\":[1, 2]}", "\"@1 2 3\""] as [String?])
    func comesBack(reference: String?) {
        let made = ControlReference(client: .max, number: 7, reference: reference)
        #expect(ControlReference(made.text) == made)
    }

    @Test(
        "What others use as a reference is no client's",
        arguments: [
            nil, "", "1", "\"@1 2 3\"", "@", "@1", "@1 2", "@x 2 3", "@1 -2 3", " @1 2 3",
            "@99999999999999999999 1 ",
        ] as [String?])
    func foreign(text: String?) {
        #expect(ControlReference(text) == nil)
    }

    @Test("A command on standard input can't pose as a client")
    func unforgeable() throws {
        let command = try JSONCommand(
            parsing: Array(#"{"command":"send","to":"b","content":"x","ref":"@1 2 3"}"#.utf8))
        #expect(ControlReference(command.reference) == nil)
    }

    @Test("To whom it is told, an event's reference is exchanged and nothing else")
    func exchanged() throws {
        for event in allEvents("bob") {
            let exchanged = event.with(reference: "7")
            #expect(exchanged.reference == (event.reference == nil ? nil : "7") || isFailure(event))
            let events = JSONEvents(userName: "alice", fingerprint: someFingerprint)
            #expect(
                events.line(for: exchanged.with(reference: nil), at: 1)
                    == events.line(for: event.with(reference: nil), at: 1))
        }
    }

    /// A failure may have a reference, and the sample has none.
    private func isFailure(_ event: NodeEvent) -> Bool {
        if case .failure = event { true } else { false }
    }
}
