import ChatCore
import Testing

@Suite("An address is read as it is written")
struct PeerAddressTests {
    @Test(
        "host and port",
        arguments: [
            ("bob.example:5555", "bob.example", 5555), ("192.0.2.7:1", "192.0.2.7", 1),
            ("[2001:db8::1]:65535", "2001:db8::1", 65_535), ("[::]:0", "::", 0),
            ("[fe80::1%eth0]:5555", "fe80::1%eth0", 5555), ("localhost:0", "localhost", 0),
            ("a_b-c.d.:80", "a_b-c.d.", 80), ("[::ffff:192.0.2.7]:9", "::ffff:192.0.2.7", 9),
            ("bücher.example:5555", "bücher.example", 5555), ("例え.jp:00080", "例え.jp", 80),
        ])
    func full(text: String, host: String, port: Int) throws {
        let address = try #require(PeerAddress(text))
        #expect(address == PeerAddress(host: host, port: port))
        // The port that was written wins over the default one.
        #expect(PeerAddress(Substring(text), defaultPort: 7) == address)
        #expect(PeerAddress(address.description) == address)
    }

    @Test(
        "a host alone takes the default port, and needs one",
        arguments: [
            ("bob.example", "bob.example"), ("192.0.2.7", "192.0.2.7"), ("::1", "::1"),
            ("[::1]", "::1"), ("2001:db8::1:5555", "2001:db8::1:5555"),
            ("fe80::1%eth0", "fe80::1%eth0"), ("FE80::A", "FE80::A"),
        ])
    func bare(text: String, host: String) {
        #expect(PeerAddress(text, defaultPort: 5555) == PeerAddress(host: host, port: 5555))
        #expect(PeerAddress(text) == nil)
    }

    @Test(
        "what can't be an address is refused",
        arguments: [
            "", ":", ":5555", "bob:", "[]:5555", "[::1", "[::1]5555", "[::1]:", "[bob]:5555",
            "[192.0.2.7]:5555", "::1]:5555", "[[::1]]:5555", "bob:port", "bob:-1", "bob:+1",
            "bob:65536", "bob:99999", "bob:123456", "bob: 80", "bob:80 ", "bob:８０", "bob:5555:",
            "bob:80:90", "foo:bar:5555", "bob/x:80", "http://bob:80", "alice@bob:80", "bo b:80",
            " bob:80", "bob\n:80", "bob\u{0}:80", "bob\u{7F}:80", "bob\u{85}:80",
            "bob\u{A0}:80", "bob\u{3000}:80", "bob\u{200B}:80", "bob\u{202E}:80",
            "\u{301}bob:80", "bob:\u{301}80", "[\u{301}::1]:80", "b*b:80", "b%b:80", "b\"b:80",
            "fe80::1%", "fe80::1%a b", "fe80::1%a%b", "::g", "%eth0", "(::1):80",
            String(repeating: "a", count: 256) + ":80", String(repeating: ":", count: 300),
        ])
    func refused(text: String) {
        #expect(PeerAddress(text) == nil)
        #expect(PeerAddress(text, defaultPort: 5555) == nil)
    }

    @Test("a host of 255 bytes is the longest")
    func longest() {
        let host = String(repeating: "a", count: 255)
        #expect(PeerAddress(host + ":80") == PeerAddress(host: host, port: 80))
    }

    @Test("an IPv6 address is written in brackets")
    func description() {
        #expect(PeerAddress(host: "::1", port: 80).description == "[::1]:80")
        #expect(PeerAddress(host: "bob", port: 80).description == "bob:80")
    }
}
