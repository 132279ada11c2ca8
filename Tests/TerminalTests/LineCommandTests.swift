import EventSamples
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("What is typed at the prompt")
struct LineCommandTests {
    private func parse(_ line: String) throws(LineCommand.Failure) -> LineCommand {
        try LineCommand(parsing: line, defaultPort: 5_555)
    }

    private func complaint(_ line: String) -> String {
        do {
            return "no complaint: \(try parse(line))"
        } catch {
            return error.description
        }
    }

    @Test("Everything that does not begin with a slash is text")
    func text() throws {
        #expect(try parse("hello /quit") == .text("hello /quit"))
        #expect(try parse(" /quit") == .text(" /quit"))
        #expect(try parse("//quit") == .text("/quit"))
        #expect(try parse("//") == .text("/"))
        #expect(try parse("") == .nothing)
        #expect(try parse("  \t") == .nothing)
    }

    @Test("Each command is understood, in any case")
    func commands() throws {
        #expect(try parse("/help") == .help)
        #expect(try parse("/WHO  ") == .who)
        #expect(try parse("/contacts") == .contacts)
        #expect(try parse("/requests") == .requests)
        #expect(try parse("/away") == .presence(.away))
        #expect(try parse("/back") == .presence(.online))
        #expect(try parse("/quit") == .quit)
        #expect(try parse("/verify") == .verify(nil))
        #expect(try parse("/nearby") == .nearby(nil))
        #expect(try parse("/nearby bob") == .nearby("bob"))
        #expect(try parse("/verify bob") == .verify("bob"))
        #expect(try parse("/accept bob") == .accept("bob", name: nil))
        #expect(try parse("/accept bob robert") == .accept("bob", name: "robert"))
        #expect(try parse("/reject bob") == .reject("bob"))
    }

    @Test("/msg takes the rest of the line as it is")
    func message() throws {
        #expect(try parse("/msg bob") == .message(to: "bob", text: nil))
        #expect(
            try parse("/msg bob  a  \"b\" 'c ") == .message(to: "bob", text: "a  \"b\" 'c "))
    }

    @Test("/connect takes a name, and a port where it is another")
    func connect() throws {
        #expect(try parse("/connect 192.0.2.7") == .connect(try dial("192.0.2.7:5555")))
        #expect(try parse("/connect bob@[::1]:7000") == .connect(try dial("bob@[::1]:7000")))
        for wrong in ["/connect", "/connect @h:1", "/connect a b", "/connect h:99999"] {
            #expect(throws: LineCommand.Failure.self) { try parse(wrong) }
        }
    }

    private func dial(_ text: String) throws -> Dial { try #require(Dial(text)) }

    @Test("/trust takes a file in quotes, a name and --replace in any order")
    func trust() throws {
        #expect(try parse("/trust bob.pem") == .trust(file: "bob.pem", name: nil, replacing: false))
        #expect(
            try parse("/trust --replace \"my friends/bob.pem\" --name robert")
                == .trust(file: "my friends/bob.pem", name: "robert", replacing: true))
        for wrong in ["/trust", "/trust a b", "/trust a --name"] {
            #expect(complaint(wrong).hasPrefix("It is /trust FILE"))
        }
    }

    @Test("What is wrong is said, with how it is right")
    func complaints() {
        #expect(complaint("/msg").hasPrefix("It is /msg NAME [TEXT]."))
        #expect(complaint("/quit now") == "/quit takes nothing after it.")
        #expect(complaint("/qiut").contains("Did you mean /quit?"))
        #expect(complaint("/qiut").contains("/help"))
        #expect(complaint("/con").contains("Did you mean /con"))
        #expect(complaint("/zzzzzz").contains("begin with //"))
        #expect(isSafe(complaint("/" + hostile)))
    }

    @Test("Help names every command")
    func help() {
        #expect(LineCommand.all.count == Set(LineCommand.all.map(\.name)).count)
        for entry in LineCommand.all { #expect(!entry.help.isEmpty) }
    }
}
