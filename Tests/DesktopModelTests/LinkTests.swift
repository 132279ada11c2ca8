import Testing

@testable import ChatDesktopModel

/// Which parts of a message are offered as links, and which never.
struct LinkTests {
    @Test(arguments: [
        ("see https://example.org/a?b=c.", "https://example.org/a?b=c"),
        ("(https://example.org/a)", "https://example.org/a"),
        ("https://example.org/a_(b)", "https://example.org/a_(b)"),
        ("http://[2001:db8::1]:80/x, and", "http://[2001:db8::1]:80/x"),
        ("<https://example.org>", "https://example.org"),
    ])
    func anAddressEndsWhereItsSentenceGoesOn(text: String, target: String) {
        #expect(Link.all(in: text).map(\.target) == [target])
    }

    @Test(arguments: [
        "javascript:alert(1)", "file:///etc/passwd", "https://", "https:///x",
        "xhttps://example.org",
        "https://bank.example@evil.example/", "https://.example.org", "ftp://example.org",
    ])
    func otherSchemesAndDisguisesAreNoLinks(text: String) {
        #expect(Link.all(in: text).isEmpty)
    }

    @Test func rangesCountBytesOfTheText() throws {
        let text = "größe https://example.org/ß end"
        let link = try #require(Link.all(in: text).first)
        #expect(Array(text.utf8)[link.range].elementsEqual(link.target.utf8))
        #expect(link.host == "example.org")
    }

    @Test func foreignLettersInAHostAreSaid() throws {
        #expect(try #require(Link.all(in: "https://ex\u{430}mple.org/").first).looksForeign)
        #expect(try #require(Link.all(in: "https://xn--exmple-4nf.org/").first).looksForeign)
        #expect(try !#require(Link.all(in: "https://example.org/\u{430}").first).looksForeign)
    }

    @Test func aMessageFullOfLinksOffersSome() {
        let text = String(repeating: "https://example.org ", count: 800)
        #expect(Link.all(in: text).count == Link.limit)
    }
}
