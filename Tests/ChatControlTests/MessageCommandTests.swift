import ChatCore
import ChatWire
import EventSamples
import Testing

@testable import ChatControl

@Suite("Commands about messages in JSON")
struct MessageCommandTests {
    private func parse(_ text: String) throws -> MessageCommand {
        let command = try JSONCommand(parsing: Array(text.utf8))
        guard case .messages(let command) = command.action else {
            throw JSONCommand.Failure(code: .badCommand, description: "another command")
        }
        return command
    }

    @Test("Each is understood")
    func commands() throws {
        let id = "\(someID)"
        #expect(
            try parse(#"{"command":"history","with":"bob"}"#)
                == .history(with: "bob", before: nil, limit: 50))
        #expect(
            try parse(#"{"command":"history","with":"bob","limit":1000,"before":7}"#)
                == .history(with: "bob", before: 7, limit: 1_000))
        #expect(
            try parse(#"{"command":"read","with":"bob","position":9}"#)
                == .read(with: "bob", upTo: 9))
        #expect(
            try parse(#"{"command":"read","with":"bob","id":"\#(id)"}"#)
                == .readMessage(someID, with: "bob"))
        #expect(try parse(#"{"command":"typing","to":"bob"}"#) == .typing(true, to: "bob"))
        #expect(
            try parse(#"{"command":"typing","to":"bob","active":false}"#)
                == .typing(false, to: "bob"))
        #expect(try parse(#"{"command":"forget","with":"bob"}"#) == .forget(with: "bob"))
        #expect(
            try parse(#"{"command":"forget","with":"bob","contact":true}"#)
                == .forgetContact("bob"))
        #expect(
            try parse(#"{"command":"forget","with":"bob","id":"\#(id)","direction":"incoming"}"#)
                == .forgetMessage(someID, .incoming, with: "bob"))
        #expect(try parse(#"{"command":"retention","with":"bob"}"#) == .retention(with: "bob"))
        #expect(
            try parse(#"{"command":"retention","with":"bob","seconds":null}"#)
                == .setRetention(nil, with: "bob"))
        #expect(
            try parse(#"{"command":"retention","with":"bob","seconds":86400}"#)
                == .setRetention(86_400, with: "bob"))
        #expect(
            try parse(#"{"command":"resend","to":"bob","id":"\#(id)"}"#)
                == .resend(someID, to: "bob"))
        #expect(
            try parse(#"{"command":"preferences","read_receipts":true}"#)
                == .preferences(readReceipts: true, typing: nil))
    }

    @Test(
        "What is wrong with one is said",
        arguments: [
            #"{"command":"history"}"#, #"{"command":"history","with":"bob","limit":0}"#,
            #"{"command":"history","with":"bob","limit":1001}"#,
            #"{"command":"history","with":"bob","before":"x"}"#,
            #"{"command":"history","with":"bob","before":1.5}"#,
            #"{"command":"history","with":"bob","before":1e300}"#,
            #"{"command":"read","with":"bob"}"#, #"{"command":"read","with":"bob","id":"7"}"#,
            #"{"command":"forget"}"#, #"{"command":"forget","with":"bob","contact":1}"#,
            #"{"command":"forget","with":"bob","id":"\#(someID)","direction":"up"}"#,
            #"{"command":"retention","with":"bob","seconds":0}"#,
            #"{"command":"retention","with":"bob","seconds":"1d"}"#,
            #"{"command":"resend","to":"bob"}"#, #"{"command":"typing"}"#,
            #"{"command":"preferences","typing":"on"}"#,
        ])
    func wrong(text: String) {
        #expect(throws: JSONCommand.Failure.self) { try parse(text) }
    }

    @Test("An answer that would be too long leaves the oldest out")
    func long() {
        func message(_ position: Int64, _ count: Int) -> StoredMessage {
            StoredMessage(
                position: position, id: .random(), contact: someFingerprint, direction: .incoming,
                content: .text(String(repeating: "x", count: count)), timestamp: noon,
                storedAt: noon, state: .delivered, claimedSender: nil, dialect: .native)
        }
        let page = MessagePage(messages: (1...10).map { message($0, 100) }, hasOlder: false)
        #expect(page.cut(1_000) == page)
        let cut = page.cut(350)
        #expect(cut.messages.map(\.position) == [8, 9, 10])
        #expect(cut.hasOlder)
        #expect(page.cut(1).messages.map(\.position) == [10])
    }
}
