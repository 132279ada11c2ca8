import ChatWire
import NIOCore
import Testing

@Suite struct SeedDecoderTests {
    static let hello = #"{"sender": "bob", "content": "hello", "timestamp": 1764000000.25}"#
    let message = Frame.message(
        Message(sender: "bob", content: "hello", timestamp: 1_764_000_000.25))

    @Test(arguments: ["", " ", "\n", "\r\n", "\t \n\n"])
    func objectsWithNothingOrWhiteSpaceBetweenThem(between: String) {
        let texts = [
            Self.hello, Self.hello,
            #"{"type": "user_presence", "action": "offline", "username": "bob"}"#,
            #"{"type": "presence_list"}"#, Self.hello,
        ]
        let stream = between + texts.joined(separator: between) + between
        #expect(
            decodeSeed(stream.utf8)
                == Decoded(frames: [
                    message, message,
                    .presence(UserPresence(action: .offline, username: "bob")),
                    .presenceList(PresenceList()), message,
                ]))
    }

    @Test func bracketsAndQuotesInStringsCountForNothing() {
        let content = #"}{][\"}\\"#
        let text = #"{"sender":"b","content":"\#(content)","timestamp":0,"x":[{"}":"{"}]}"#
        let expected = Frame.message(
            Message(sender: "b", content: "}{][\"}\\", timestamp: 0))
        #expect(decodeSeed((text + text).utf8) == Decoded(frames: [expected, expected]))
    }

    @Test func onlyTheSeedsOwnKindsAreKnown() {
        #expect(
            decodeSeed(
                #"{"type":"hello","version":9}{"type":"ping"}{"type":"bye","reason":1}{}{"type":"receipt"}"#
                    .utf8)
                == Decoded(frames: [
                    .unknown(type: "hello"), .unknown(type: "ping"), .unknown(type: "bye"),
                    .unknown(type: nil), .unknown(type: "receipt"),
                ]))
    }

    @Test(
        arguments: [
            ("hello", .notAnObject), ("[1]", .notAnObject), ("\"x\"", .notAnObject),
            ("17", .notAnObject), ("}", .notAnObject), (",{}", .notAnObject), ("é", .badJSON),
            ("{]", .badJSON), ("{\"a\":1]", .badJSON), ("{'a':1}", .badJSON),
            ("{\"a\":1,\"a\":2}", .duplicateKey), ("\0{}", .nul), ("{\"a\":\"\0\"}", .nul),
            ("\u{FEFF}{}", .byteOrderMark),
            (#"{"sender":1,"content":"","timestamp":0}"#, .badFrame),
            (#"{"sender":"","content":"","timestamp":1e999}"#, .badFrame),
        ] as [(String, ErrorFrame.Code)])
    func anErrorEndsTheStream(text: String, code: ErrorFrame.Code) {
        #expect(
            decodeSeed((Self.hello + text + Self.hello).utf8)
                == Decoded(frames: [message], code: code))
    }

    @Test func whatIsNotUTF8IsRefused() {
        #expect(decodeSeed([0xFF, 0xFE, 0x7B, 0x00]).code == .notUTF8)
        #expect(decodeSeed([0xC3, 0x28, 0x20, 0x20]).code == .notUTF8)
        #expect(
            decodeSeed(Array("{\"a\":\"".utf8) + [0xC0, 0xAF] + Array("\"}".utf8)).code == .notUTF8)
    }

    @Test func nestingIsRefusedBeforeTheObjectEnds() {
        let deep = String(repeating: "{\"a\":", count: WireLimits.depth + 1)
        #expect(decodeSeed(deep.utf8).code == .tooDeep)
        #expect(decodeSeed(String(repeating: "[", count: 9).utf8).code == .notAnObject)
    }

    @Test func anObjectMayBeAsLongAsTheLimit() {
        func object(_ length: Int) -> String {
            let empty = #"{"type":"presence_list","x":""}"#
            let padding = String(repeating: "x", count: length - empty.utf8.count)
            return #"{"type":"presence_list","x":"\#(padding)"}"#
        }
        #expect(
            decodeSeed(object(WireLimits.seedObjectIn).utf8)
                == Decoded(frames: [.presenceList(PresenceList())]))
        #expect(decodeSeed(object(WireLimits.seedObjectIn + 1).utf8).code == .lineTooLong)
    }

    @Test func anOverlongObjectIsRefusedWithoutItsEnd() throws {
        let stream = SeedStream()
        stream.feed("{\"x\":\"" + String(repeating: "x", count: WireLimits.seedObjectIn - 6))
        #expect(try stream.next() == nil)
        stream.feed("x")
        let error = #expect(throws: WireError.self) { try stream.next() }
        #expect(error?.code == .lineTooLong)
        stream.feed(Self.hello)
        #expect(throws: WireError.self) { try stream.next() }
    }

    @Test func anEndInsideAnObjectIsTruncation() throws {
        let stream = SeedStream()
        #expect(!stream.finish())
        stream.feed(Self.hello + " \n")
        #expect(try stream.next() == message)
        #expect(try stream.next() == nil)
        #expect(!stream.finish())
        stream.feed("{\"sender\"")
        #expect(try stream.next() == nil)
        #expect(stream.finish())
        // The rest of a cut object is not one.
        stream.feed(Self.hello)
        #expect(try stream.next() == message)
    }

    @Test func acknowledgementsAreRecognised() throws {
        let ack = #"{"sender": "bob", "content": "Ack: Message received", "timestamp": 1.5}"#
        let frames = decodeSeed((ack + Self.hello).utf8).frames
        let acks = frames.map { frame in
            if case .message(let message) = frame { message.isSeedAck } else { false }
        }
        #expect(acks == [true, false])
    }
}

/// A ``SeedDecoder`` that expectations can call.
private final class SeedStream {
    private var decoder = SeedDecoder()

    func feed(_ text: String) {
        var buffer = ByteBuffer(string: text)
        decoder.append(&buffer)
        #expect(buffer.readableBytes == 0)
    }

    func next() throws(WireError) -> Frame? {
        try decoder.next()
    }

    func finish() -> Bool {
        decoder.finish()
    }
}
