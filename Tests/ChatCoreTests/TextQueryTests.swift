import ChatCore
import Testing

@Suite("Looking for a text in others")
struct TextQueryTests {
    @Test(arguments: [
        ("hello", "Say HELLO to bob"), ("HeLLo", "hello"), ("", ""), ("", "x"),
        ("lo w", "hello world"),
        ("o", "hello"), ("aab", "aaab"), ("é", "CAFÉ"), ("É", "cafe\u{301}"),
        ("e\u{301}", "\u{E9}"), ("ß", "STRAẞE"), ("漢字", "some 漢字 here"), ("👩‍👩‍👧", "my 👩‍👩‍👧!"),
        ("a\0b", "xa\0By"), ("ω", "Ω"), ("cafe", "CAFE, café"),
    ])
    func found(part: String, text: String) {
        #expect(TextQuery(part).matches(text))
    }

    @Test(arguments: [
        ("hello", "help"), ("hello", "hell"), ("x", ""), ("é", "e"), ("é", "plain"), ("漢", "字"),
        ("[", "{"), ("@", "`"), ("a b", "ab"), ("👩", "👩‍👩‍👧"), ("aab", "abab"),
    ])
    func notFound(part: String, text: String) {
        #expect(!TextQuery(part).matches(text))
    }
}
