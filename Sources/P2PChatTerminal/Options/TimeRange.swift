import ArgumentParser
import P2PChat

/// `--since` and `--until`.
struct TimeRange: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "From this time on: 2026-11-22, \"2026-11-22 14:30\", or 2h, 3d, 1w ago.",
            valueName: "time"),
        transform: Self.moment)
    var since: Moment?

    @Option(
        help: ArgumentHelp("Up to this time; a day's whole day.", valueName: "time"),
        transform: Self.moment)
    var until: Moment?

    private static func moment(_ text: String) throws -> Moment {
        guard let moment = Moment(text) else { throw ValidationError(Moment.forms) }
        return moment
    }

    /// The messages in this range.
    func selection(
        of contact: Fingerprint? = nil, _ order: MessageSelection.Order, query: TextQuery? = nil,
        _ surroundings: Surroundings
    ) throws -> MessageSelection {
        let since = since.map { $0.start(surroundings) }
        let until = until.map { $0.end(surroundings) }
        if let since, let until, since >= until {
            throw CommandFailure(
                .usage, "--since is not before --until: there is no time between them.")
        }
        return MessageSelection(
            contact: contact, since: since, until: until, order: order, query: query)
    }

    var isEverything: Bool { since == nil && until == nil }
}

/// `--limit`.
enum Limit {
    static let most = 10_000

    static func parse(_ text: String) throws -> Int {
        guard let number = Int(text), (1...most).contains(number) else {
            throw ValidationError(
                "it is a number from 1 to \(most); p2pchat export gives everything")
        }
        return number
    }
}
