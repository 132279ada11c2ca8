import ChatWire
import NIOCore
import TestSupport
import Testing

@Suite struct SeedEncoderTests {
    func objects(_ content: String, sender: String = "bob") throws -> [String] {
        try SeedEncoder.objects(sender: sender, content: content, timestamp: 1_764_000_000.25)
            .map { String(buffer: $0) }
    }

    /// The contents that the objects carry, which must be whole objects within the limit.
    func contents(_ content: String, sender: String = "bob") throws -> [String] {
        let objects = try objects(content, sender: sender)
        for object in objects {
            #expect(object.utf8.count <= WireLimits.seedObjectOut)
            #expect(object.utf8.allSatisfy { 0x20...0x7E ~= $0 })
        }
        let decoded = decodeSeed(objects.joined().utf8)
        #expect(decoded.code == nil)
        return decoded.frames.map { frame in
            guard case .message(let message) = frame else { return "not a message" }
            #expect(message.sender == sender)
            #expect(message.timestamp == 1_764_000_000.25)
            return message.content
        }
    }

    @Test func aShortMessageIsOneObject() throws {
        #expect(
            try objects("hé\n\"")
                == [#"{"sender": "bob", "content": "h\u00e9\n\"", "timestamp": 1764000000.25}"#])
        #expect(try contents("") == [""])
    }

    @Test func longTextIsCutWhereItMustBe() throws {
        let empty = try objects("")[0].utf8.count
        let room = WireLimits.seedObjectOut - empty
        let one = String(repeating: "a", count: room)
        #expect(try contents(one) == [one])
        #expect(try contents(one + "b") == [one, "b"])
        // An escape is not cut, nor a surrogate pair.
        #expect(try contents(one.dropLast() + "\n") == [String(one.dropLast()), "\n"])
        #expect(try contents(one.dropLast(11) + "😀") == [String(one.dropLast(11)), "😀"])
        #expect(try contents(one.dropLast(12) + "😀") == [one.dropLast(12) + "😀"])
    }

    @Test func whatAReaderSeesAsOneCharacterIsNotCut() throws {
        let family = "👨‍👩‍👧‍👦"
        let parts = try contents(String(repeating: family, count: 100))
        #expect(parts.joined() == String(repeating: family, count: 100))
        #expect(parts.count > 1)
        for part in parts { #expect(part.allSatisfy { String($0) == family }) }
        // A letter with an accent of its own, a flag, a line break of two characters.
        for character in ["e\u{301}", "🇩🇪", "\r\n"] {
            let text = String(repeating: character, count: 600)
            for part in try contents(text) {
                #expect(part.unicodeScalars.count.isMultiple(of: 2))
            }
        }
    }

    @Test func aCharacterTooLargeForAnObjectIsCutAfterAll() throws {
        let heap = "a" + String(repeating: "\u{301}", count: 2_000)
        #expect(heap.count == 1)
        let parts = try contents("x" + heap + "y")
        #expect(parts.count > 1)
        #expect(Array(parts.joined().utf8) == Array(("x" + heap + "y").utf8))
    }

    @Test(arguments: 0..<6) func anyTextArrivesWhole(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let text = random.text(upTo: 900)
            let sender = random.text(upTo: 30)
            let parts = try contents(text, sender: sender)
            #expect(Array(parts.joined().utf8) == Array(text.utf8))
        }
    }

    @Test func theLongestContentArrivesWhole() throws {
        let text = String(repeating: "\u{7F}", count: WireLimits.content)
        #expect(try contents(text).joined() == text)
    }

    @Test func aNameThatLeavesNoRoomIsAnError() throws {
        let empty = try objects("", sender: "")[0].utf8.count
        let longest = String(repeating: "n", count: WireLimits.seedObjectOut - empty - 12)
        #expect(
            try SeedEncoder.objects(sender: longest, content: "😀😀", timestamp: 1_764_000_000.25)
                .map(\.readableBytes) == [WireLimits.seedObjectOut, WireLimits.seedObjectOut])
        #expect(throws: SeedEncodingError.senderTooLong) {
            try SeedEncoder.objects(
                sender: longest + "n", content: "", timestamp: 1_764_000_000.25)
        }
        #expect(throws: SeedEncodingError.senderTooLong) {
            try SeedEncoder.ack(sender: longest, timestamp: 1_764_000_000.25)
        }
    }

    @Test func acknowledgement() throws {
        #expect(
            String(buffer: try SeedEncoder.ack(sender: "älice", timestamp: 1.5))
                == #"{"sender": "\u00e4lice", "content": "Ack: Message received", "timestamp": 1.5}"#
        )
    }

    @Test func presence() throws {
        #expect(
            String(
                buffer: try SeedEncoder.presence(
                    UserPresence(action: .online, username: "alice", ip: "192.0.2.7", port: 5555)))
                == #"{"type": "user_presence", "action": "online", "username": "alice", "ip": "192.0.2.7", "port": 5555}"#
        )
        #expect(
            String(
                buffer: try SeedEncoder.presence(
                    UserPresence(action: .offline, username: "alice")))
                == #"{"type": "user_presence", "action": "offline", "username": "alice"}"#)
        #expect(
            String(
                buffer: try SeedEncoder.presenceList(
                    PresenceList(users: [.init(name: "alice", ip: "192.0.2.7", port: 5555)])))
                == #"{"type": "presence_list", "users": {"alice": {"ip": "192.0.2.7", "port": 5555}}}"#
        )
        #expect(
            String(buffer: try SeedEncoder.presenceList(PresenceList()))
                == #"{"type": "presence_list"}"#)
    }

    @Test func anObjectThatIsTooLongIsAnError() {
        let users = (0..<50).map { PresenceList.Entry(name: "user\($0)", ip: "192.0.2.7", port: 1) }
        let error = #expect(throws: SeedEncodingError.self) {
            try SeedEncoder.presenceList(PresenceList(users: users))
        }
        guard case .objectTooLong(let bytes)? = error else {
            Issue.record("another error")
            return
        }
        #expect(bytes > WireLimits.seedObjectOut)
    }
}
