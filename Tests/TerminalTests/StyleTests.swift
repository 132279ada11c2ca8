import Testing

@testable import P2PChatTerminal

@Suite("Where there is colour")
struct StyleTests {
    private func style(terminal: Bool, _ environment: [String: String]) -> Bool {
        var surroundings = Written().surroundings()
        surroundings.outputIsTerminal = terminal
        surroundings.environment = { environment[$0] }
        return surroundings.style.isColoured
    }

    @Test("Only on a terminal that can, and where nobody asks for none")
    func colours() {
        #expect(style(terminal: true, ["TERM": "xterm"]))
        #expect(style(terminal: true, ["TERM": "xterm", "NO_COLOR": ""]))
        #expect(!style(terminal: true, ["TERM": "xterm", "NO_COLOR": "1"]))
        #expect(!style(terminal: true, ["TERM": "dumb"]))
        #expect(!style(terminal: true, [:]))
        #expect(!style(terminal: false, ["TERM": "xterm"]))
    }
}
