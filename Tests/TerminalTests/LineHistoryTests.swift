import Testing

@testable import P2PChatTerminal

@Suite("Lines entered before")
struct LineHistoryTests {
    @Test("Up goes back, down returns to what was being typed")
    func upAndDown() {
        var history = LineHistory()
        history.add("one")
        history.add("two")
        #expect(history.older(than: "dra") == "two")
        #expect(history.older(than: "two") == "one")
        #expect(history.older(than: "one") == nil)
        #expect(history.newer() == "two")
        #expect(history.newer() == "dra")
        #expect(history.newer() == nil)
    }

    @Test("A line entered twice in a row is kept once, and begins anew at the end")
    func repetition() {
        var history = LineHistory()
        history.add("one")
        history.add("one")
        _ = history.older(than: "")
        history.add("two")
        #expect(history.older(than: "") == "two")
        #expect(history.older(than: "") == "one")
        #expect(history.older(than: "") == nil)
    }

    @Test("A draft of any length comes back whole")
    func longDraft() {
        var history = LineHistory()
        history.add("one")
        let draft = String(repeating: "日", count: 5_000)
        _ = history.older(than: draft)
        #expect(history.newer() == draft)
    }

    @Test("The oldest lines go")
    func bound() {
        var history = LineHistory()
        for number in 0..<600 { history.add("\(number)") }
        var last: String?
        while let line = history.older(than: "") { last = line }
        #expect(last == "100")
    }
}
