import ChatCore
import EventSamples
import Testing

@testable import ChatControl

@Suite("Commands in JSON")
struct JSONCommandTests {
    private func parse(_ text: String) throws(JSONCommand.Failure) -> JSONCommand {
        try JSONCommand(parsing: Array(text.utf8))
    }

    private func failure(_ text: String) -> JSONCommand.Failure? {
        do {
            _ = try parse(text)
            return nil
        } catch {
            return error
        }
    }

    @Test("Each command is understood")
    func commands() throws {
        let bob = "\(someFingerprint)"
        #expect(
            try parse(#"{"command":"send","to":"bob","content":"hi"}"#).action
                == .send(to: "bob", content: "hi"))
        #expect(
            try parse(#"{"command":"connect","address":"[::1]:5555","to":"bob"}"#).action
                == .connect(PeerAddress(host: "::1", port: 5_555), to: "bob"))
        #expect(
            try parse(#"{"command":"trust","file":"b.pem","name":null,"replace":true}"#).action
                == .trustFile("b.pem", name: nil, replacing: true))
        #expect(
            try parse(#"{"command":"trust","fingerprint":"\#(bob)","name":"bob"}"#).action
                == .trustFingerprint(someFingerprint, name: "bob", replacing: false))
        #expect(
            try parse(#"{"command":"accept","fingerprint":"\#(bob.lowercased())"}"#).action
                == .accept(bob, name: nil))
        #expect(
            try parse(#"{"command":"reject","fingerprint":"\#(bob)"}"#).action
                == .reject(bob))
        #expect(
            try parse(#"{"command":"accept","request":"carol","name":"c"}"#).action
                == .accept("carol", name: "c"))
        #expect(
            try parse(#"{"command":"trust","certificate":"PEM"}"#).action
                == .trustCertificate("PEM", name: nil, replacing: false))
        #expect(try parse(#"{"command":"remove","contact":"bob"}"#).action == .remove("bob"))
        #expect(
            try parse(#"{"command":"verify","contact":"bob"}"#).action
                == .verify("bob", isCompared: false))
        #expect(
            try parse(#"{"command":"verify","contact":"bob","compared":true}"#).action
                == .verify("bob", isCompared: true))
        #expect(try parse(#"{"command":"contacts"}"#).action == .contacts)
        #expect(try parse(#"{"command":"requests"}"#).action == .requests)
        #expect(try parse(#"{"command":"presence","state":"away"}"#).action == .presence(.away))
        #expect(try parse(#"{"command":"watch"}"#).action == .watch)
        #expect(try parse(#" {"more":[1],"command":"quit"} "#).action == .quit)
    }

    @Test(
        "A ref is any value, and comes back as it was",
        arguments: [
            "1", "1.50", "-0", "1e400000".replacing("00000", with: "2"), "null", "true", "\"a\"",
            "[1,{\"b\":[]}]", "{\"deep\":{\"er\":\"\u{202E}\"}}", "12345678901234567890",
        ])
    func references(text: String) throws {
        let command = try parse(#"{"command":"contacts","ref":\#(text)}"#)
        #expect(command.reference == text)
        let line = JSONEvents.line("contacts", at: 1, reference: command.reference)
        #expect(String(decoding: line, as: UTF8.self).hasSuffix(#","ref":\#(text)}"#))
    }

    @Test(
        "What is no command is told, with the ref where there was one",
        arguments: [
            "", "not json", "[]", "\"send\"", "{}", #"{"command":1}"#, #"{"command":"dance"}"#,
            #"{"command":"send"}"#, #"{"command":"send","to":1,"content":"x"}"#,
            #"{"command":"send","to":"bob","content":["x"]}"#, #"{"command":"trust"}"#,
            #"{"command":"trust","fingerprint":"AB"}"#, #"{"command":"presence","state":"lost"}"#,
            #"{"command":"trust","file":"x","replace":"yes"}"#,
            #"{"command":"remove"}"#, #"{"command":"verify","contact":7}"#,
            #"{"command":"verify","contact":"bob","compared":"yes"}"#,
            #"{"command":"contacts","command":"quit"}"#,
        ])
    func wrong(text: String) {
        #expect(failure(text)?.code == .badCommand || failure(text)?.code == .badFingerprint)
        #expect(failure(text)?.description.isEmpty == false)
        guard text.hasPrefix("{\""), !text.contains("\"quit\"") else { return }
        let withRef = text.dropLast() + #","ref":"r"}"#
        #expect(failure(String(withRef))?.reference == "\"r\"")
    }

    @Test("Addresses and fingerprints have codes of their own")
    func codes() {
        #expect(failure(#"{"command":"connect","address":"nowhere"}"#)?.code == .badAddress)
        #expect(failure(#"{"command":"accept","fingerprint":"AB"}"#)?.code == .badFingerprint)
    }

    @Test("Bytes that are not UTF-8, NUL and deep nesting are refused")
    func hostileBytes() {
        #expect(throws: JSONCommand.Failure.self) {
            try JSONCommand(parsing: Array(#"{"command":"q"#.utf8) + [0xFF] + Array("\"}".utf8))
        }
        #expect(failure("{\"command\":\"contacts\u{0}\"}") != nil)
        #expect(failure(String(repeating: "[", count: 60_000)) != nil)
        #expect(failure(#"{"command":""# + hostile) != nil)
    }
}
