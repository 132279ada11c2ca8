import ChatValues
import Testing

struct UserNameTests {
    @Test(arguments: [
        "alice", "Alice_2", "_x", "7", "a.b-c", "zoë", "Мария", "李雷", "ธีรพงษ์", "अनिता", "مريم",
        "e\u{301}mile", String(repeating: "x", count: 64), String(repeating: "é", count: 32),
    ])
    func wordsOfAnyScriptAreNames(text: String) throws {
        #expect(try UserName(text).text == text)
    }

    @Test func emptyAndLongNamesAreRefused() {
        #expect(throws: UserNameError.empty) { try UserName("") }
        #expect(throws: UserNameError.tooLong) { try UserName(String(repeating: "x", count: 65)) }
        #expect(throws: UserNameError.tooLong) { try UserName(String(repeating: "é", count: 33)) }
    }

    @Test(arguments: [".", "..", ".hidden", "-rf", "--help", "\u{301}e"])
    func badBeginningsAreRefused(text: String) throws {
        let first = try #require(text.unicodeScalars.first)
        #expect(throws: UserNameError.badStart(first)) { try UserName(text) }
    }

    @Test(arguments: [
        " ", "/", "\\", "@", ":", "\0", "\n", "\u{1B}", "\u{7F}", "\u{85}", "\u{A0}", "\u{AD}",
        "\u{200B}", "\u{200D}", "\u{202E}", "\u{2028}", "\u{2066}", "\u{FE0F}", "\u{3164}",
        "\u{FEFF}", "\u{E0041}", "\u{E000}", "\u{378}", "'", "\"", "$", "*", ",", "=", "🦊", "²",
    ])
    func otherCharactersAreRefusedAnywhere(character: Unicode.Scalar) {
        for text in ["a\(character)b", "a\(character)"] {
            #expect(throws: UserNameError.badCharacter(character)) { try UserName(text) }
        }
        #expect(throws: UserNameError.self) { try UserName("\(character)a") }
    }

    @Test func errorsAreSentencesThatShowNothingUnsafe() {
        let errors: [UserNameError] = [
            .empty, .tooLong, .badStart("."), .badCharacter(" "), .badCharacter("\u{1B}"),
            .badCharacter("\u{E0041}"), .badStart("\u{301}"),
        ]
        for error in errors {
            #expect(error.description.hasSuffix("."))
            #expect(error.description.utf8.allSatisfy { 0x20...0x7E ~= $0 })
        }
        #expect("\(UserNameError.badCharacter("\u{1B}"))".contains("U+001B"))
        #expect("\(UserNameError.badCharacter("\u{E0041}"))".contains("U+E0041"))
    }
}
