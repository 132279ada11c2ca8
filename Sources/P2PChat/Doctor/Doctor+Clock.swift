import ChatCore

/// This machine's clock, beside those of contacts where a p2pchat runs that knows some.
extension Doctor {
    /// Seconds by which clocks may differ before it is worth a word.
    private static let tolerance = 300.0

    func clock() -> Diagnosis {
        let command = "date -u; timedatectl"
        let setting = "Set the clock, or have it set: timedatectl set-ntp true."
        // From the year in which this program was made to the end of the century.
        guard (1_735_689_600..<4_102_444_800).contains(now) else {
            return Diagnosis(
                .clock, .problem, "This machine's clock shows a year that can't be.",
                advice: "\(setting) Contacts are found by the day, to within six hours.",
                command: command)
        }
        guard let compared = live?.clock else {
            return Diagnosis(
                .clock, .fine,
                "The clock shows a year that can be, and there is no contact to compare it with.",
                advice: "It may be wrong by six hours before contacts no longer find each other.",
                command: command)
        }
        let many = compared.contacts == 1 ? "a contact" : "\(compared.contacts) contacts"
        guard abs(compared.difference) >= Self.tolerance else {
            return Diagnosis(
                .clock, .fine, "The clock agrees with that of \(many) to within five minutes.",
                command: command)
        }
        let way = compared.difference > 0 ? "behind" : "ahead of"
        return Diagnosis(
            .clock, .problem,
            "This machine's clock is \(Self.shown(abs(compared.difference))) \(way) that of "
                + "\(many).",
            advice: "If it is the one that is wrong: \(setting) Past six hours contacts do not "
                + "find each other.", command: command)
    }

    /// Of any number, since it is a peer's.
    private static func shown(_ seconds: Double) -> String {
        let minutes = Int(min(seconds / 60, 1e9))
        return switch minutes {
        case ..<120: "\(minutes) minutes"
        case ..<2_880: "\(minutes / 60) hours"
        default: "\(minutes / 1_440) days"
        }
    }
}
