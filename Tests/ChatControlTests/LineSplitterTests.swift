import Testing

@testable import ChatControl

@Suite("Lines from a stream")
struct LineSplitterTests {
    private func lines(_ text: String, limit: Int, step: Int) -> [LineSplitter.Line] {
        var splitter = LineSplitter(limit: limit)
        var lines: [LineSplitter.Line] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            lines += splitter.add(Array(rest.prefix(step)))
            rest = rest.dropFirst(step)
        }
        if let last = splitter.finish() { lines.append(last) }
        return lines
    }

    private func line(_ text: String) -> LineSplitter.Line { .line(Array(text.utf8)) }

    @Test("Lines end in LF or CR LF, the last in nothing", arguments: [1, 2, 3, 100])
    func ends(step: Int) {
        #expect(
            lines("one\ntwo\r\n\nlast", limit: 100, step: step)
                == [line("one"), line("two"), line(""), line("last")])
        #expect(lines("", limit: 100, step: step).isEmpty)
    }

    @Test(
        "A line over the limit is told and not kept; the next one is whole", arguments: [1, 4, 100])
    func limit(step: Int) {
        #expect(
            lines("12345\n123456\r\nok\n1234567", limit: 5, step: step)
                == [line("12345"), .tooLong, line("ok"), .tooLong])
        #expect(lines("12345\r\n", limit: 5, step: step) == [line("12345")])
    }
}
