import EventSamples
import P2PChat
import Synchronization

@testable import P2PChatTerminal

/// A calendar that every machine agrees on: UTC.
@Sendable func utc(_ seconds: Double) -> LocalTime? {
    guard seconds.isFinite, abs(seconds) < 1e11 else { return nil }
    let days = Int((seconds / 86_400).rounded(.down))
    let rest = Int(seconds) - days * 86_400
    // Days to date, after Howard Hinnant's civil_from_days.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let part = (5 * dayOfYear + 2) / 153
    let month = part < 10 ? part + 3 : part - 9
    return LocalTime(
        year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
        day: dayOfYear - (153 * part + 2) / 5 + 1, hour: rest / 3_600, minute: rest / 60 % 60,
        weekday: (days % 7 + 11) % 7)
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
            readLine: { nil }, inputIsTerminal: false, outputIsTerminal: false)
    }
}
