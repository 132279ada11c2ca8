import ChatWire
import NIOCore
import Testing

@Suite struct JSONWriterTests {
    func written(_ style: JSONWriter.Style = .compact, _ write: (inout JSONWriter) -> Void)
        -> String
    {
        var json = JSONWriter(style: style)
        write(&json)
        return String(buffer: json.buffer)
    }

    func example(_ json: inout JSONWriter) {
        json.object { json in
            json.member("s", "x")
            json.key("a")
            json.array { json in
                json.number(1)
                json.array { _ in }
                json.object { _ in }
                json.null()
                json.bool(false)
            }
            json.member("i", -5)
            json.member("d", 0.5)
            json.member("b", true)
            json.key("o")
            json.object { json in json.member("x", "y") }
        }
    }

    @Test func commasStandBetweenValuesOnly() {
        #expect(
            written(.compact, example)
                == #"{"s":"x","a":[1,[],{},null,false],"i":-5,"d":0.5,"b":true,"o":{"x":"y"}}"#)
        #expect(
            written(.python, example)
                == #"{"s": "x", "a": [1, [], {}, null, false], "i": -5, "d": 0.5, "b": true, "o": {"x": "y"}}"#
        )
    }

    @Test func compactEscapesWhatItMust() {
        let text =
            "\"\\/\u{8}\t\n\u{C}\r\u{1}\u{1F}\u{7F}\u{85}é\u{2027}\u{2028}\u{2029}\u{202A}😀\0"
        #expect(
            written { $0.string(text) }
                == "\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0001\\u001f\u{7F}\u{85}é\u{2027}\\u2028\\u2029\u{202A}😀\\ufffd\""
        )
    }

    @Test func pythonEscapesAllButPrintableASCII() {
        let text = "\"\\/\u{8}\t\n\u{C}\r\u{1}\u{7F}\u{85}é\u{2028}😀\0"
        #expect(
            written(.python) { $0.string(text) }
                == #""\"\\/\b\t\n\f\r\u0001\u007f\u0085\u00e9\u2028\ud83d\ude00\ufffd""#)
    }

    @Test(
        arguments: [
            (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (1_764_000_000.25, "1764000000.25"),
            (0.1, "0.1"), (1e15, "1000000000000000.0"), (0x1p53, "9007199254740992.0"),
            (0x1p53 + 2, "9007199254740994.0"), (-(0x1p53 + 2), "-9007199254740994.0"),
            (9_999_999_999_999_998, "9999999999999998.0"), (1e16, "1e+16"),
            (0.0001, "0.0001"), (0.00001, "1e-05"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (.nan, "null"), (.infinity, "null"), (-.infinity, "null"),
        ] as [(Double, String)])
    func numbersAreWrittenAsPythonDoes(value: Double, text: String) {
        #expect(written { $0.number(value) } == text)
    }

    @Test func wholeNumbers() {
        #expect(
            written { json in
                json.array { json in
                    json.number(Int.min)
                    json.number(Int.max)
                }
            } == "[-9223372036854775808,9223372036854775807]")
    }

    @Test func anErrorOfTheCallersPassesThrough() {
        var json = JSONWriter()
        let error = #expect(throws: WireError.self) {
            try json.object { _ throws(WireError) in throw WireError(code: .nul, reason: "") }
        }
        #expect(error?.code == .nul)
    }
}
