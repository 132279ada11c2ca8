import P2PChat

/// Log lines on standard error, each safe to show.
struct StandardErrorLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let surroundings: Surroundings

    init(_ level: Logger.Level, _ surroundings: Surroundings) {
        logLevel = level
        self.surroundings = surroundings
    }

    static func logger(_ level: Logger.Level?, _ surroundings: Surroundings) -> Logger {
        Logger(label: "p2pchat") { _ in StandardErrorLog(level ?? .error, surroundings) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let now = surroundings.now()
        let time = surroundings.localTime(now).map { "\($0.date) \($0.clock)" } ?? "?"
        let details = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        surroundings.complain(
            SafeText.singleLine("\(time) \(event.level): \(event.message)\(details)", limit: 2_000))
    }
}
