import ChatWire
import NIOCore
import Testing

@Suite struct LineFramingTests {
    let hello = #"{"type":"hello","version":1,"username":"bob"}"#

    @Test func severalLinesToARead() {
        let decoded = decodeLines(
            "{\"type\":\"ping\"}\r\n{\"type\":\"pong\"}\n{\"type\":\"bye\"}".utf8)
        #expect(decoded == Decoded(frames: [.ping, .pong]))
    }

    @Test func blankLinesAreSteppedOver() {
        let decoded = decodeLines("\n\r\n \t \n{\"type\":\"ping\"}\n\n\n".utf8)
        #expect(decoded == Decoded(frames: [.ping]))
    }

    @Test func framesBeforeAnErrorStillCount() {
        let decoded = decodeLines("{\"type\":\"ping\"}\nnonsense\n{\"type\":\"pong\"}\n".utf8)
        #expect(decoded == Decoded(frames: [.ping], code: .badJSON))
    }

    @Test func afterAnErrorNothingMoreComes() throws {
        let decoder = FrameStream()
        for text in ["nonsense\n", "{\"type\":\"ping\"}\n"] {
            decoder.feed(text)
            let error = #expect(throws: WireError.self) { try decoder.next() }
            #expect(error?.code == .badJSON)
        }
        #expect(!decoder.finish())
    }

    @Test func aLineMayBeAsLongAsTheLimit() throws {
        let json = #"{"type":"ping"}"#
        let longest = json + String(repeating: " ", count: 100 - json.utf8.count)
        #expect(decodeLines((longest + "\n").utf8, lineLimit: 100) == Decoded(frames: [.ping]))
        #expect(decodeLines((longest + " \n").utf8, lineLimit: 100).code == .lineTooLong)
        // A blank line has a length as well.
        let blank = String(repeating: " ", count: 101)
        #expect(decodeLines(blank.utf8, lineLimit: 100).code == .lineTooLong)
    }

    @Test func anOverlongLineIsRefusedWithoutItsEnd() throws {
        let decoder = FrameStream(lineLimit: 100)
        for _ in 0..<100 {
            decoder.feed("x")
            #expect(try decoder.next() == nil)
        }
        decoder.feed("x")
        let error = #expect(throws: WireError.self) { try decoder.next() }
        #expect(error?.code == .lineTooLong)
    }

    @Test func theLimitRisesWithTheHello() throws {
        let long = #"{"a":"\#(String(repeating: "x", count: WireLimits.hello))","type":"ping"}"#
        #expect(decodeLines((long + "\n").utf8, lineLimit: WireLimits.hello).code == .lineTooLong)
        #expect(
            decodeLines("\(hello)\n\(long)\n".utf8, lineLimit: WireLimits.hello)
                == Decoded(frames: [.hello(Hello(username: "bob")), .ping]))
        let longest = String(repeating: " ", count: WireLimits.line + 1)
        #expect(
            decodeLines("\(hello)\n\(longest)".utf8, lineLimit: WireLimits.hello).code
                == .lineTooLong)
    }

    @Test func aLimitOfTheCallersStaysWithTheHello() throws {
        let decoder = FrameStream(lineLimit: 50)
        decoder.feed(hello + "\n")
        #expect(try decoder.next() == .hello(Hello(username: "bob")))
        #expect(decoder.decoder.lineLimit == 50)
        decoder.decoder.lineLimit = 60
        #expect(decoder.decoder.lineLimit == 60)
    }

    @Test func anEndInsideALineIsTruncation() throws {
        let decoder = FrameStream()
        #expect(!decoder.finish())
        decoder.feed("{\"type\":\"ping\"}\n{\"type\":\"bye\"}")
        #expect(try decoder.next() == .ping)
        #expect(try decoder.next() == nil)
        #expect(decoder.finish())
        #expect(try decoder.next() == nil)
    }

    @Test func anEndAfterALineIsNot() throws {
        let decoder = FrameStream()
        decoder.feed("{\"type\":\"ping\"}\n")
        #expect(try decoder.next() == .ping)
        #expect(try decoder.next() == nil)
        #expect(!decoder.finish())
    }

    @Test func theCallersOtherBytesAreLeftAlone() throws {
        // A buffer may share its storage with others, and may have been read from before.
        var source = ByteBuffer(string: "skipped{\"type\":\"pi")
        source.moveReaderIndex(forwardBy: 7)
        let copy = source
        let decoder = FrameStream()
        decoder.decoder.append(&source)
        #expect(try decoder.next() == nil)
        decoder.feed("ng\"}\n")
        #expect(try decoder.next() == .ping)
        #expect(String(buffer: copy) == "{\"type\":\"pi")
    }

    @Test func linesOfAnotherKind() throws {
        var lines = LineDecoder(limit: 10)
        var buffer = ByteBuffer(string: "one\n\ntwo\r\nthr")
        lines.append(&buffer)
        var found: [String] = []
        while let line = try lines.next() { found.append(String(buffer: line)) }
        #expect(found == ["one", "", "two\r"])
        let truncated = lines.finish()
        #expect(truncated)
    }
}
