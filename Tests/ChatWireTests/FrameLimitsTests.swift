import ChatWire
import Testing

@Suite struct FrameLimitsTests {
    func message(_ content: String, sender: String = "bob") -> String {
        #"{"sender":"\#(sender)","content":"\#(content)","timestamp":0}"#
    }

    @Test func contentIsCountedInBytesOfUTF8() throws {
        let longest = String(repeating: "é", count: WireLimits.content / 2)
        #expect(
            try frame(message(longest))
                == .message(Message(sender: "bob", content: longest, timestamp: 0)))
        #expect(refusal(message(longest + "a")) == .contentTooLong)
    }

    @Test func theLongestContentFitsALineWithEveryByteEscaped() throws {
        let escaped = String(repeating: #"\u0001"#, count: WireLimits.content)
        let longest = String(repeating: "\u{01}", count: WireLimits.content)
        #expect(
            try frame(message(escaped))
                == .message(Message(sender: "bob", content: longest, timestamp: 0)))
        #expect(refusal(message(escaped + #"\u0001"#)) == .contentTooLong)
        #expect(refusal(message(escaped + "a")) == .contentTooLong)
    }

    @Test func names() throws {
        let longest = String(repeating: "n", count: WireLimits.name)
        _ = try frame(message("", sender: longest))
        #expect(refusal(message("", sender: longest + "n")) == .badFrame)
        _ = try frame(#"{"type":"hello","version":1,"username":"\#(longest)"}"#)
        #expect(refusal(#"{"type":"hello","version":1,"username":"\#(longest)n"}"#) == .badFrame)
        _ = try frame(#"{"type":"presence_list","users":{"\#(longest)":{}}}"#)
        #expect(refusal(#"{"type":"presence_list","users":{"\#(longest)n":{}}}"#) == .badFrame)
    }

    @Test func hosts() throws {
        let longest = String(repeating: "h", count: WireLimits.host)
        let head = #"{"type":"user_presence","action":"online","username":"a","ip":""#
        _ = try frame(head + longest + "\"}")
        #expect(refusal(head + longest + "h\"}") == .badFrame)
    }

    @Test func features() throws {
        func hello(_ count: Int, length: Int = 1) -> String {
            let name = "\"\(String(repeating: "f", count: length))\""
            let names = Array(repeating: name, count: count).joined(separator: ",")
            return #"{"type":"hello","version":1,"username":"a","features":[\#(names)]}"#
        }
        _ = try frame(hello(WireLimits.features, length: WireLimits.token))
        #expect(refusal(hello(WireLimits.features + 1)) == .badFrame)
        #expect(refusal(hello(1, length: WireLimits.token + 1)) == .badFrame)
    }

    @Test func presenceListEntries() throws {
        func list(_ count: Int) -> String {
            let users = (0..<count).map { "\"u\($0)\":{}" }.joined(separator: ",")
            return #"{"type":"presence_list","users":{\#(users)}}"#
        }
        guard case .presenceList(let longest) = try frame(list(WireLimits.presenceListEntries))
        else {
            Issue.record("not a list")
            return
        }
        #expect(longest.users?.count == WireLimits.presenceListEntries)
        #expect(refusal(list(WireLimits.presenceListEntries + 1)) == .badFrame)
    }

    @Test func reasonsAndCodes() throws {
        let reason = String(repeating: "r", count: WireLimits.reason)
        let code = String(repeating: "c", count: WireLimits.token)
        _ = try frame(#"{"type":"error","code":"\#(code)","reason":"\#(reason)"}"#)
        #expect(refusal(#"{"type":"error","code":"\#(code)","reason":"\#(reason)r"}"#) == .badFrame)
        #expect(refusal(#"{"type":"error","code":"\#(code)c","reason":""}"#) == .badFrame)
        #expect(refusal(#"{"type":"bye","reason":"\#(code)c"}"#) == .badFrame)
    }
}
