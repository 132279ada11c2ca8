import P2PChat
import Synchronization

@testable import P2PChatTerminal

let someFingerprint = fingerprint(0xAB)

func fingerprint(_ byte: UInt8) -> Fingerprint {
    guard let fingerprint = Fingerprint(bytes: [UInt8](repeating: byte, count: 32)) else {
        preconditionFailure("32 bytes are a fingerprint")
    }
    return fingerprint
}

func contact(_ name: String, _ byte: UInt8 = 0xAB) -> Contact {
    Contact(name: name, fingerprint: fingerprint(byte), addedAt: 1_764_000_000)
}

func peer(_ name: String = "bob", address: String? = nil) -> PeerDescription {
    PeerDescription(
        name: name, fingerprint: someFingerprint, trust: .trusted,
        address: address.flatMap { PeerAddress($0) })
}

func plainPeer(_ name: String, address: String = "192.0.2.7:5556") -> PeerDescription {
    PeerDescription(name: name, fingerprint: nil, trust: nil, address: PeerAddress(address))
}

/// 2025-11-24 14:03:00 in the time zone of the tests.
let noon = 1_763_992_980.0

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

func message(
    _ content: String, from peer: PeerDescription = peer(), at time: Double = noon,
    timestamp: Double? = nil, claimed: String? = nil, secure: Bool = true
) -> IncomingMessage {
    IncomingMessage(
        id: someID, peer: peer, content: content, timestamp: timestamp ?? time, receivedAt: time,
        claimedSender: claimed, secure: secure, dialect: secure ? .native : .seed)
}

let someID = MessageID("0b1c5f0e-58c4-4f6f-9c0a-2f6f0f1d7a10") ?? .random()

/// Escape sequences, bidi overrides and isolates, tags, zero width, separators, C1, DEL, returns.
let hostile =
    "x\u{1B}[31m\u{1B}]0;owned\u{7}\u{202E}txt.exe\u{202C}\u{2066}i\u{2069}\u{E0041}\u{200B}"
    + "\u{2028}\u{2029}\u{85}\u{9B}2J\u{7F}\r\n[14:03] carol: y"

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

/// Every case of ``NodeEvent``, with this text wherever one comes from outside.
func allEvents(_ text: String) -> [NodeEvent] {
    let someone = peer(text, address: "192.0.2.7:5555")
    let status = OutgoingStatus(id: someID, peer: someone, reference: "\"ref\"")
    let request = ContactRequest(
        name: text, fingerprint: someFingerprint, address: PeerAddress(host: "192.0.2.7", port: 9),
        direction: .inbound, firstSeen: noon, lastSeen: noon)
    let refusals = Refusal.Reason.allCases.map { reason in
        NodeEvent.refused(
            Refusal(
                reason: reason, direction: .outbound, address: request.address,
                fingerprint: someFingerprint, name: text, contact: contact(text, 1),
                explanation: "It was refused."))
    }
    return refusals + [
        .listening(PeerAddress(host: "::", port: 5_555)),
        .connected(someone, secure: true, dialect: .native),
        .connected(plainPeer(text), secure: false, dialect: .seed),
        .disconnected(someone, secure: true, reason: "left"),
        .message(message(text, from: someone, claimed: text)),
        .message(message(text, from: plainPeer(text), secure: false)),
        .queued(status), .sent(status), .delivered(status), .read(status),
        .presence(someone, .online), .presence(someone, .away), .presence(someone, .offline),
        .typing(someone), .request(request), .failure(NodeFailure(.unreachable, "It failed.")),
        .contactsChanged, .stopped,
    ]
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
