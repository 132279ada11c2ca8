import ChatWire
import Foundation
import NIOCore
import TestSupport
import Testing

@Suite struct FrameRoundTripTests {
    @Test(arguments: 0..<8) func whatIsWrittenReadsBackAsItWas(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var stream = ByteBuffer()
        let frames = (0..<60).map { _ in random.frame() }
        for frame in frames {
            stream.writeFrame(frame)
            let text = line(frame)
            // Another reader of JSON agrees that it is an object.
            #expect(
                try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any], "\(text)")
            #expect(!text.unicodeScalars.contains("\u{2028}"))
            #expect(!text.unicodeScalars.contains("\u{2029}"))
        }
        let decoded = decodeLines(Array(buffer: stream))
        // Swift compares strings up to canonical equivalence: what was written must be the same to
        // the byte.
        #expect(decoded == Decoded(frames: frames))
        #expect(decoded.frames.map(line) == frames.map(line))
        for (one, other) in zip(decoded.frames, frames) {
            guard case .message(let read) = one, case .message(let written) = other else {
                continue
            }
            #expect(Array(read.content.utf8) == Array(written.content.utf8))
            #expect(read.timestamp.bitPattern == written.timestamp.bitPattern)
        }
    }

    @Test func theLongestFramesStayWithinALine() throws {
        let message = Message(
            id: .random(), sender: String(repeating: "\u{1}", count: WireLimits.name),
            content: String(repeating: "\u{1}", count: WireLimits.content),
            timestamp: -Double.leastNormalMagnitude)
        #expect(line(.message(message)).utf8.count <= WireLimits.line)
        #expect(try frame(line(.message(message))) == .message(message))
        let hello = Hello(
            username: String(repeating: "\u{1}", count: WireLimits.name), port: 65535,
            features: Array(
                repeating: String(repeating: "\"", count: WireLimits.token),
                count: WireLimits.features),
            instance: String(repeating: "\"", count: WireLimits.token),
            rendezvous: String(repeating: "\"", count: WireLimits.token),
            timestamp: -Double.leastNormalMagnitude)
        #expect(line(.hello(hello)).utf8.count <= WireLimits.hello)
        #expect(try frame(line(.hello(hello))) == .hello(hello))
    }

    @Test func keysComeInAFixedOrder() throws {
        let id = try #require(MessageID("00112233-4455-6677-8899-AABBCCDDEEFF"))
        #expect(
            line(
                .message(Message(id: id, sender: "bob", content: "a\"b", timestamp: 1_764_000_000)))
                == #"{"type":"message","id":"00112233-4455-6677-8899-aabbccddeeff","sender":"bob","content":"a\"b","timestamp":1764000000.0}"#
        )
        #expect(
            line(.hello(Hello(username: "bob", port: 1, features: [], instance: "i")))
                == #"{"type":"hello","version":1,"username":"bob","port":1,"features":[],"instance":"i"}"#
        )
        #expect(line(.presenceList(PresenceList())) == #"{"type":"presence_list"}"#)
        #expect(
            line(.presenceList(PresenceList(users: [.init(name: "a", ip: "::1", port: 2)])))
                == #"{"type":"presence_list","users":{"a":{"ip":"::1","port":2}}}"#)
    }

    @Test func whatCanNotBeSentIsReplaced() throws {
        for timestamp in [Double.nan, .infinity, -.infinity] {
            let message = Message(sender: "a", content: "b\0c", timestamp: timestamp)
            #expect(
                try frame(line(.message(message)))
                    == .message(Message(sender: "a", content: "b\u{FFFD}c", timestamp: 0)))
        }
    }

    @Test func aFrameIsAppendedToWhatIsThere() {
        var buffer = ByteBuffer(string: "before")
        buffer.moveReaderIndex(forwardBy: 2)
        buffer.writeFrame(.ping)
        #expect(String(buffer: buffer) == "fore{\"type\":\"ping\"}\n")
    }
}
