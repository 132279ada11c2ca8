import ChatValues
import Testing

@Suite("A fingerprint is read as people and openssl write it")
struct FingerprintTests {
    static let bytes: [UInt8] = (0..<32).map { UInt8($0 * 8 + 7) }
    static let text =
        "07:0F:17:1F:27:2F:37:3F:47:4F:57:5F:67:6F:77:7F:"
        + "87:8F:97:9F:A7:AF:B7:BF:C7:CF:D7:DF:E7:EF:F7:FF"
    static let bare = text.filter { $0 != ":" }

    @Test("32 bytes, in order, and no other number of them")
    func bytes() throws {
        let fingerprint = try #require(Fingerprint(bytes: Self.bytes))
        #expect(fingerprint.bytes == Self.bytes)
        #expect(fingerprint.description == Self.text)
        // From a slice whose indices don't begin at 0.
        #expect(Fingerprint(bytes: ([1, 2] + Self.bytes)[2...]) == fingerprint)
        for count in [0, 1, 20, 31, 33, 64] {
            #expect(Fingerprint(bytes: [UInt8](repeating: 1, count: count)) == nil)
        }
    }

    @Test(
        "any case, any separator or none, openssl's label",
        arguments: [
            text, bare, text.lowercased(), bare.lowercased(),
            text.replacing(":", with: " "), text.replacing(":", with: "-"),
            text.replacing(":", with: "\n"), text.replacing(":", with: "\t"),
            "sha256 Fingerprint=" + text, "SHA256 Fingerprint=" + text + "\n",
            "SHA256:" + bare, "sha256:" + text, "  " + text + "\r\n", "SHA256: " + text,
            // Read aloud in groups of four, and broken over two lines.
            stride(from: 0, to: 64, by: 4).map { String(bare.dropFirst($0).prefix(4)) }
                .joined(separator: " "),
            text.prefix(48) + "\r\n" + text.dropFirst(48),
        ])
    func reading(text: String) throws {
        #expect(Fingerprint(text)?.bytes == Self.bytes)
        #expect(Fingerprint(Substring(text))?.bytes == Self.bytes)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", ":", "alice", String(text.dropLast()), String(text.dropLast(3)), text + ":00",
            bare + "0", bare + "00", text.replacing("07:", with: "0:7"),
            text.replacing("0F", with: "0G"), text.replacing("0F", with: "0x0F"),
            text.replacing("0F", with: "٠F"), text.replacing("0F", with: "０F"),
            text.replacing(":", with: "."), text.replacing(":", with: "\u{200B}"),
            // Another digest, or something else with an equals sign before it.
            "sha1 Fingerprint=" + text, "sha512 Fingerprint=" + text, "MD5:" + bare,
            "name=" + text, "sha256 Fingerprint=sha256 Fingerprint=" + text, "=" + text,
            "SHA256 " + text, text + "=", String(repeating: ":", count: 95),
            String(repeating: bare, count: 10_000),
        ])
    func refusing(text: String) {
        #expect(Fingerprint(text) == nil)
    }

    @Test("its own form reads back")
    func roundTrip() throws {
        for byte in [UInt8(0), 1, 127, 128, 255] {
            let fingerprint = try #require(
                Fingerprint(bytes: [UInt8](repeating: byte, count: 31) + [0x5A]))
            #expect(Fingerprint(fingerprint.description) == fingerprint)
            #expect(fingerprint.description.count == 95)
        }
    }

    @Test("equal in all bytes or not equal, ordered by the first that differs")
    func comparison() throws {
        let base = [UInt8](repeating: 0x80, count: 32)
        let fingerprint = try #require(Fingerprint(bytes: base))
        for index in 0..<32 {
            var other = base
            other[index] = 0x81
            let greater = try #require(Fingerprint(bytes: other))
            other[index] = 0x7F
            let smaller = try #require(Fingerprint(bytes: other))
            #expect(greater != fingerprint && smaller != fingerprint)
            #expect(smaller < fingerprint && fingerprint < greater)
            #expect(Set([smaller, fingerprint, greater, fingerprint]).count == 3)
        }
    }
}
