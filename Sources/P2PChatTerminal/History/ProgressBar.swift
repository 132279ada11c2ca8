import Synchronization

/// How far long work has come, on one row of the terminal. Nothing is drawn in the first half
/// second, so that short work shows nothing.
final class ProgressBar: Sendable {
    private static let delay = 0.5
    /// Seconds between two drawings.
    private static let interval = 0.1
    private static let width = 20

    private struct State {
        var started: Double
        var drawnAt = 0.0
        var isDrawn = false
    }

    private let verb: String
    private let noun: String
    private let draw: (@Sendable (String) -> Void)?
    private let now: @Sendable () -> Double
    private let state: Mutex<State>

    /// - Parameters:
    ///   - verb: What is done, as in "Searching".
    ///   - noun: What the work finds, in the singular; empty where it finds nothing.
    ///   - draw: Writes to the terminal; nil where there is none.
    ///   - now: seconds.
    init(
        _ verb: String, finding noun: String = "", draw: (@Sendable (String) -> Void)?,
        now: @escaping @Sendable () -> Double
    ) {
        self.verb = verb
        self.noun = noun
        self.draw = draw
        self.now = now
        state = Mutex(State(started: now()))
    }

    func update(done: Int, of total: Int, found: Int = 0) {
        guard let draw else { return }
        let now = now()
        let elapsed = state.withLock { state -> Double? in
            let elapsed = now - state.started
            guard elapsed >= Self.delay, now - state.drawnAt >= Self.interval || !state.isDrawn
            else { return nil }
            state.drawnAt = now
            state.isDrawn = true
            return elapsed
        }
        guard let elapsed else { return }
        draw("\r\u{1B}[K" + text(done, total, found, elapsed))
    }

    /// Takes the row away: for something else to be shown, and at the end.
    func erase() {
        guard let draw else { return }
        let wasDrawn = state.withLock { state in
            defer { state.isDrawn = false }
            return state.isDrawn
        }
        if wasDrawn { draw("\r\u{1B}[K") }
    }

    private func text(_ done: Int, _ total: Int, _ found: Int, _ elapsed: Double) -> String {
        let share = total > 0 ? min(1, Double(done) / Double(total)) : 1
        let filled = Int(share * Double(Self.width))
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: "-", count: Self.width - filled)
        let rate = Int(Double(done) / elapsed).formatted
        var text =
            "\(verb) [\(bar)] \(Int(share * 100))%  \(done.formatted) of "
            + "\(total.of("message")), \(rate)/s"
        if !noun.isEmpty, found > 0 { text += ", \(found.of(noun))" }
        return text
    }
}
