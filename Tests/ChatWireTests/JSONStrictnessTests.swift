import ChatWire
import Testing

@Suite struct JSONStrictnessTests {
    /// A line with these bytes inside a string that is looked at only by the scanner.
    func line(string bytes: [UInt8]) -> [UInt8] {
        Array(#"{"x":""#.utf8) + bytes + Array("\"}".utf8)
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0xAF], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xE0, 0x80, 0xAF],
            [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xE2, 0x82],
            [0xE2, 0x28, 0xA1],
            [0xE2, 0x82, 0x28], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF0, 0x9F, 0x98], [0xF0, 0x9F, 0x28, 0x80], [0xF0, 0x9F, 0x98, 0x28],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
            [0xFE],
            [0xFF],
        ] as [[UInt8]])
    func illFormedUTF8IsRefusedWhereverItStands(bytes: [UInt8]) {
        #expect(refusal(line(string: bytes)) == .notUTF8)
        #expect(refusal(line(string: Array("plain text ahead".utf8) + bytes)) == .notUTF8)
        #expect(refusal(line(string: bytes + Array("and after it".utf8))) == .notUTF8)
        #expect(refusal(Array("{\"".utf8) + bytes + Array("\":1}".utf8)) == .notUTF8)
        #expect(refusal(bytes) == .notUTF8)
        #expect(refusal(Array("{}".utf8) + bytes) == .notUTF8)
    }

    @Test func theEdgesOfUTF8AreAccepted() throws {
        for text in [
            "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}",
            "\u{10000}", "\u{10FFFF}", "\u{FEFF}", "\u{2028}",
        ] {
            #expect(
                try frame(#"{"sender":"","content":"\#(text)","timestamp":0}"#)
                    == .message(Message(sender: "", content: text, timestamp: 0)))
        }
    }

    @Test func byteOrderMarksAndUTF16() {
        #expect(refusal([0xEF, 0xBB, 0xBF] + Array("{}".utf8)) == .byteOrderMark)
        #expect(refusal([0xFF, 0xFE] + Array("{}".utf8)) == .notUTF8)
        #expect(refusal([0xFE, 0xFF] + Array("{}".utf8)) == .notUTF8)
        let little = Array("{}".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big = Array("{}".utf16).flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        #expect(refusal(little) == .nul)
        #expect(refusal(big) == .nul)
    }

    @Test func nulIsRefusedInEveryForm() {
        #expect(refusal([0]) == .nul)
        #expect(refusal(line(string: [0])) == .nul)
        #expect(refusal(Array("{}".utf8) + [0]) == .nul)
        #expect(refusal(#"{"x":"\u0000"}"#) == .nul)
        #expect(refusal(#"{"a\u0000b":1}"#) == .nul)
    }

    @Test func controlsInStringsMustBeEscaped() throws {
        // LF is no part of a line, and NUL has an error of its own.
        for control in UInt8(1)..<0x20 where control != 0x0A {
            #expect(refusal(line(string: [control])) == .badJSON)
            for before in ["", "1", "1234567", "12345678"] {
                #expect(
                    refusal(line(string: Array(before.utf8) + [control] + Array("12345678".utf8)))
                        == .badJSON)
            }
        }
        _ = try frame("{\"x\":\"\u{7F}\u{80}\"}")
    }

    @Test(arguments: [
        "{", "}", "{]", "[}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{a:1}",
        "{'a':1}", "{1:1}", "{\"a\":1 \"b\":2}", "{\"a\":[1,]}", "{\"a\":[,1]}", "{\"a\":[1 2]}",
        "{\"a\":[1}", "{\"a\":\"b}", "{\"a\":\"b\\\"}", "{\"a\":\"b\\", "{\"a", "{\"a\":tru}",
        "{\"a\":True}", "{\"a\":nul", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":-Infinity}",
        "{\"a\":undefined}", "{}{}", "{} x", "{},", "// c", "{}/**/", "hello", "{\"a\":\u{A0}1}",
        "{\u{FEFF}}", "{\"a\":\"\\x41\"}", "{\"a\":\"\\'\"}", "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\u12g4\"}", "{\"a\":\"\\U0041\"}", "{\"a\":\"\\u", "{\"a\":\"\\u+123\"}",
        "{\"a\":\"\\\u{E9}\"}", "nul", "\u{B}{}", "\u{C}{}",
    ])
    func whatIsNotJSONIsRefused(text: String) {
        #expect(refusal(text) == .badJSON)
    }

    @Test(arguments: [
        "01", "-", "-01", "+1", ".5", "1.", "1.e5", "1e", "1e+", "0x10", "1_000", "--1", "1e5.5",
        "00", "1f", "1,000", "-a", "1.5.5", "\u{661}",
    ])
    func numbersKeepToTheGrammar(number: String) {
        #expect(refusal("{\"a\":\(number)}") == .badJSON)
        #expect(refusal(#"{"sender":"","content":"","timestamp":\#(number)}"#) == .badJSON)
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("1", 1), ("-1.5", -1.5), ("1e2", 100), ("1E+2", 100),
            ("1e-2", 0.01),
            ("0e99999999999999999999", 0), ("1e-99999", 0), ("0.1e1", 1),
            ("9007199254740993", 9_007_199_254_740_992),
            ("1.7976931348623157e308", 0x1.fffffffffffffp1023),
            ("123456789012345678901234567890", 123_456_789_012_345_677_877_719_597_056),
        ] as [(String, Double)])
    func numbersBecomeTheNearestDouble(text: String, value: Double) throws {
        #expect(
            try frame(#"{"sender":"","content":"","timestamp":\#(text)}"#)
                == .message(Message(sender: "", content: "", timestamp: value)))
    }

    @Test func aNumberThatIsNotLookedAtMayHaveAnySize() throws {
        let digits = String(repeating: "9", count: 50_000)
        #expect(try frame("{\"type\":\"ping\",\"a\":-\(digits).\(digits)}") == .ping)
        #expect(refusal(#"{"sender":"","content":"","timestamp":\#(digits)}"#) == .badFrame)
    }

    @Test(arguments: [
        #"\ud800"#, #"\ud83d"#, #"\ude00"#, #"\ude00\ud83d"#, #"\ud83dx"#, #"\ud83d\n"#,
        #"\ud83d\u0041"#, #"\ud83d\ud83d\ude00"#, #"\uDFFF"#,
    ])
    func halfASurrogatePairIsRefused(escapes: String) {
        #expect(refusal("{\"a\":\"\(escapes)\"}") == .badJSON)
        #expect(refusal("{\"\(escapes)\":1}") == .badJSON)
    }

    @Test func escapesAreUndone() throws {
        #expect(
            try frame(
                #"{"sender":"\"\\\/\b\f\n\r\t","content":"\ud83d\uDE00\u00e9\u20aC\u0041x","timestamp":0}"#
            )
                == .message(
                    Message(
                        sender: "\"\\/\u{8}\u{C}\n\r\t", content: "😀é€Ax", timestamp: 0)))
    }

    @Test(arguments: [
        #"{"a":1,"a":2}"#, #"{"type":"ping","type":"ping"}"#, #"{"a":1,"\u0061":2}"#,
        #"{"\u0061":1,"\u0061":2}"#, #"{"x":{"a":1,"b":2,"a":3}}"#, #"{"x":[[{"":1,"":2}]]}"#,
        #"{"\n":1,"\u000a":2}"#, #"{"\ud83d\ude00":1,"😀":2}"#,
        #"{"type":"presence_list","users":{"a":{},"a":{}}}"#,
    ])
    func aKeyThatComesTwiceIsRefused(text: String) {
        #expect(refusal(text) == .duplicateKey)
    }

    @Test func keysAreComparedAsBytes() throws {
        // Equal as Swift strings, but not the same key.
        #expect(try frame("{\"type\":\"ping\",\"e\u{301}\":1,\"\u{E9}\":2}") == .ping)
        #expect(try frame(#"{"type":"ping","Type":"pong"}"#) == .ping)
    }

    @Test(arguments: [2, 7, 8, 9, 10, 20, 500])
    func oneDoubleAmongManyKeysIsFound(count: Int) throws {
        for (twice, spelling) in [(0, "k0"), (count - 2, "\\u006b\(count - 2)")] {
            let keys = (0..<count - 1).map { "\"k\($0)\":0" } + ["\"\(spelling)\":0"]
            #expect(
                refusal("{\(keys.joined(separator: ","))}") == .duplicateKey, "key \(twice)")
        }
        let keys = (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(try frame("{\(keys)}") == .unknown(type: nil))
    }

    @Test func nestingIsBounded() throws {
        func nested(_ depth: Int) -> String {
            "{\"a\":" + String(repeating: "[", count: depth - 1)
                + String(repeating: "]", count: depth - 1) + "}"
        }
        _ = try frame(nested(WireLimits.depth))
        #expect(refusal(nested(WireLimits.depth + 1)) == .tooDeep)
        #expect(refusal(nested(60_000)) == .tooDeep)
        #expect(refusal(String(repeating: "[", count: 60_000)) == .tooDeep)
        #expect(
            refusal(String(repeating: "{\"a\":", count: WireLimits.depth + 1)) == .tooDeep)
        // Beside each other they do not count.
        _ = try frame("{\"a\":[\(Array(repeating: "[[]]", count: 50).joined(separator: ","))]}")
    }

    @Test(arguments: ["[]", "[{}]", "\"a\"", "1", "-0.5e1", "true", "false", "null", " [1] "])
    func whatIsNotAnObjectIsRefused(text: String) {
        #expect(refusal(text) == .notAnObject)
    }

    @Test func whiteSpaceMayStandBetweenTokens() throws {
        #expect(
            try frame(
                "\t {\r\t \"type\" :\t\"ping\" \r, \"a\" : [ ] , \"b\" : { } , \"c\":[ 1 , 2 ]} \r")
                == .ping)
    }
}
