import P2PChat

@testable import ChatDesktopModel

/// Noon on the 22nd of November 2026, UTC: a Sunday.
let noon = 1_795_348_800.0

/// UTC, so that the tests are the same everywhere.
@Sendable func utc(_ seconds: Double) -> LocalTime? {
    let days = Int((seconds / 86_400).rounded(.down))
    let rest = Int(seconds) - days * 86_400
    // After Howard Hinnant's civil_from_days.
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
        weekday: ((days + 4) % 7 + 7) % 7)
}

let bob = Fingerprint.of(0x0B)

func peer(_ name: String = "bob") -> PeerDescription {
    PeerDescription(name: name, fingerprint: bob, trust: .trusted, address: nil)
}

/// A message that came in, `minutes` after noon.
func incoming(_ text: String, minutes: Double = 0, position: Int64? = nil) -> ChatEntry {
    ChatEntry(
        IncomingMessage(
            id: .random(), peer: peer(), content: text, timestamp: noon + minutes * 60,
            receivedAt: noon + minutes * 60, claimedSender: nil, secure: true, dialect: .native,
            position: position))
}

func outgoing(_ text: String, minutes: Double = 0, position: Int64? = nil) -> ChatEntry {
    ChatEntry(
        ours: text,
        OutgoingStatus(id: .random(), peer: peer(), reference: nil, position: position),
        at: noon + minutes * 60)
}

func transcript(hasOlder: Bool = false) -> Transcript {
    Transcript(hasOlder: hasOlder, now: { noon }, localTime: utc)
}

/// What a list view that follows the splices shows.
func followed(_ rows: [TranscriptRow], _ splices: [Splice]) -> [TranscriptRow] {
    var rows = rows
    for splice in splices {
        rows.replaceSubrange(
            splice.position..<(splice.position + splice.removed), with: splice.inserted)
    }
    return rows
}

extension Fingerprint {
    static func of(_ byte: UInt8) -> Fingerprint {
        guard let fingerprint = Fingerprint(bytes: [UInt8](repeating: byte, count: 32)) else {
            preconditionFailure("32 bytes are a fingerprint.")
        }
        return fingerprint
    }
}
