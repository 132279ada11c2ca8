import Synchronization
import Testing

@testable import P2PChatTerminal

@Suite("A progress bar")
struct ProgressBarTests {
    private final class Terminal: Sendable {
        let drawn = Mutex<[String]>([])
        let time = Mutex(100.0)
        var last: String { drawn.withLock { $0.last ?? "" } }
        var count: Int { drawn.withLock(\.count) }

        func bar(_ noun: String = "match") -> ProgressBar {
            ProgressBar(
                "Searching", finding: noun,
                draw: { text in self.drawn.withLock { $0.append(text) } },
                now: { self.time.withLock { $0 } })
        }

        func wait(_ seconds: Double) { time.withLock { $0 += seconds } }
    }

    @Test("Appears after half a second, with rate and counts, and is erased")
    func draws() {
        let terminal = Terminal()
        let bar = terminal.bar()
        bar.update(done: 1_000, of: 1_000_000)
        terminal.wait(0.4)
        bar.update(done: 100_000, of: 1_000_000)
        bar.erase()
        #expect(terminal.count == 0)
        terminal.wait(1.6)
        bar.update(done: 500_000, of: 1_000_000, found: 3)
        #expect(
            terminal.last
                == "\r\u{1B}[KSearching [##########----------] 50%  500,000 of 1,000,000 messages, "
                + "250,000/s, 3 matches")
        // No more often than the eye follows.
        terminal.wait(0.01)
        bar.update(done: 510_000, of: 1_000_000)
        #expect(terminal.count == 1)
        terminal.wait(0.2)
        bar.update(done: 600_000, of: 1_000_000)
        #expect(terminal.count == 2)
        bar.erase()
        bar.erase()
        #expect(terminal.count == 3 && terminal.last == "\r\u{1B}[K")
    }

    @Test("Where there is no terminal nothing is drawn")
    func none() {
        let bar = ProgressBar("Searching", draw: nil, now: { 0 })
        bar.update(done: 1, of: 2)
        bar.erase()
    }
}
