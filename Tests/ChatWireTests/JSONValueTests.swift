import ChatWire
import NIOCore
import Testing

@Suite struct JSONValueTests {
    @Test func aTreeInTheOrderOfTheText() throws {
        let value = try JSONValue(parsing: #" {"b":[1,"\u00e9",true,null],"a":{"":false}} "#.utf8)
        #expect(
            value
                == .object([
                    .init(
                        key: "b",
                        value: .array([.number(1, text: "1"), .string("é"), .bool(true), .null])),
                    .init(key: "a", value: .object([.init(key: "", value: .bool(false))])),
                ]))
    }

    @Test func whatIsAskedOfIt() throws {
        let value = try JSONValue(
            parsing: ByteBuffer(string: #"{"s":"x","i":-7,"d":1.5,"t":true,"l":[1]}"#)
                .readableBytesView)
        #expect(value["s"]?.string == "x")
        #expect(value["i"]?.integer == -7)
        #expect(value["d"]?.integer == nil)
        #expect(value["t"]?.bool == true)
        #expect(value["l"]?.array == [.number(1, text: "1")])
        #expect(value["none"] == nil)
        #expect(value["s"]?["x"] == nil)
        #expect(value["s"]?.integer == nil)
        #expect(value["i"]?.string == nil)
        #expect(value["i"]?.bool == nil)
        #expect(value["i"]?.array == nil)
    }

    @Test func keysAreLookedUpAsBytes() throws {
        let value = try JSONValue(parsing: "{\"e\u{301}\":1,\"\u{E9}\":2}".utf8)
        #expect(value["\u{E9}"]?.integer == 2)
        #expect(value["e\u{301}"]?.integer == 1)
    }

    @Test(arguments: [
        #"{"ref":[1.50,-0,1E+2,0.10e-5,12345678901234567890,{"a":"b","c":null}],"t":[true,false]}"#,
        "-0.0", "\"\"", "[]", "{}", "null", "[[],{}]",
    ])
    func isWrittenAsItWasRead(text: String) throws {
        var json = JSONWriter()
        json.value(try JSONValue(parsing: text.utf8))
        #expect(String(buffer: json.buffer) == text)
    }

    @Test(
        arguments: [
            ("", .badJSON), (" ", .badJSON), ("{", .badJSON), ("[1]]", .badJSON), ("1 2", .badJSON),
            (#"{"a":1,"a":1}"#, .duplicateKey), ("\0", .nul), (#""\u0000""#, .nul),
            ("\u{FEFF}{}", .byteOrderMark), ("1e999", .badFrame), ("[-1e999]", .badFrame),
            (#""\ud800""#, .badJSON),
        ] as [(String, ErrorFrame.Code)])
    func isAsStrictAsWithFrames(text: String, code: ErrorFrame.Code) {
        let error = #expect(throws: WireError.self) { try JSONValue(parsing: text.utf8) }
        #expect(error?.code == code)
    }

    @Test func bytesOfAnyCollection() throws {
        #expect(try JSONValue(parsing: [0x5B, 0x5D]) == .array([]))
        #expect(try JSONValue(parsing: [0x5B, 0x5D].lazy.map { UInt8($0) }) == .array([]))
        let error = #expect(throws: WireError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
        #expect(error?.code == .notUTF8)
    }

    @Test func nestingIsBoundedAsAsked() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONValue(parsing: nested(3).utf8, maximumDepth: 3)
        _ = try JSONValue(parsing: nested(16).utf8)
        _ = try JSONValue(parsing: nested(256).utf8, maximumDepth: .max)
        _ = try JSONValue(parsing: "1".utf8, maximumDepth: 0)
        for (text, depth) in [
            (nested(4), 3), (nested(17), 16), (nested(100_000), .max), ("[]", 0), ("[]", -1),
        ] {
            let error = #expect(throws: WireError.self) {
                try JSONValue(parsing: text.utf8, maximumDepth: depth)
            }
            #expect(error?.code == .tooDeep)
        }
    }
}
