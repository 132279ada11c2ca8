import EventSamples
import P2PChat
import Synchronization

@testable import P2PChatTerminal

/// A calendar that every machine agrees on: UTC.
@Sendable func utc(_ seconds: Double) -> LocalTime? {
    guard seconds.isFinite, abs(seconds) < 1e11 else { return nil }
    let days = Int((seconds / 86_400).rounded(.down))
    var time = CivilDate.date(days)
    let rest = Int(seconds) - days * 86_400
    (time.hour, time.minute) = (rest / 3_600, rest / 60 % 60)
    return time
}

/// Nothing but LF and what may be shown.
func isSafe(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
        if scalar == "\n" { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
            return false
        default: return true
        }
    }
}

/// A screen that remembers.
final class RecordingScreen: Screen {
    struct State {
        var shown = ""
        var prompt = ""
        var putBack: [String] = []
        var asides: [Bool] = []
    }

    let state = Mutex(State())
    let isInteractive: Bool

    init(isInteractive: Bool = true) { self.isInteractive = isInteractive }

    var columns: Int? { nil }
    var shown: String { state.withLock { $0.shown } }
    var prompt: String { state.withLock { $0.prompt } }
    var asides: [Bool] { state.withLock { $0.asides } }
    var returned: [String] { state.withLock { $0.putBack } }

    func show(_ lines: String) async { state.withLock { $0.shown += lines } }
    func setPrompt(_ prompt: String) { state.withLock { $0.prompt = prompt } }
    func putBack(_ text: String) { state.withLock { $0.putBack.append(text) } }
    func setAside(_ away: Bool) { state.withLock { $0.asides.append(away) } }
}

/// What a command wrote.
final class Written: Sendable {
    private let texts = Mutex((output: "", errors: ""))
    var output: String { texts.withLock { $0.output } }
    var errors: String { texts.withLock { $0.errors } }

    func surroundings(now: Double = noon) -> Surroundings {
        Surroundings(
            now: { now }, localTime: utc, environment: { _ in nil },
            write: { bytes in
                self.texts.withLock { $0.output += String(decoding: bytes, as: UTF8.self) }
                return true
            },
            complain: { line in self.texts.withLock { $0.errors += line + "\n" } },
            readLine: { nil }, inputIsTerminal: false, outputIsTerminal: false, end: { _ in })
    }
}
