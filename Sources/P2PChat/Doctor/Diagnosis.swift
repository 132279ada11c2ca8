/// What the doctor says of one thing.
public struct Diagnosis: Hashable, Sendable {
    public enum Area: String, Sendable, CaseIterable {
        case home, keys, proxy, listening, addresses, multicast, dht
        case portMapping = "port_mapping"
        case clock, tls
    }

    public enum Verdict: String, Sendable {
        case fine
        /// Switched off, or not needed: nothing to be done.
        case off
        case problem
    }

    public var area: Area
    public var verdict: Verdict
    /// A sentence on what was found.
    public var text: String
    /// What to do about it; nil where there is nothing to do.
    public var advice: String?
    /// The system's own command that shows the same.
    public var command: String

    public init(
        _ area: Area, _ verdict: Verdict, _ text: String, advice: String? = nil, command: String
    ) {
        self.area = area
        self.verdict = verdict
        self.text = text
        self.advice = advice
        self.command = command
    }
}
