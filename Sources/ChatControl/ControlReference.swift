/// The reference that the node gets with a message of a client of the control socket. It says whose
/// message it is, so that what comes of it goes to that client alone, whatever others use as `ref`.
struct ControlReference: Equatable, Sendable {
    /// No JSON text begins with it, so it can't be the `ref` of a command on standard input.
    private static let mark: Character = "@"

    let client: UInt64
    /// Counts the client's messages: two with the same `ref`, or none, are still two.
    let number: UInt64
    /// The command's `ref` as JSON text.
    let reference: String?

    init(client: UInt64, number: UInt64, reference: String?) {
        self.client = client
        self.number = number
        self.reference = reference
    }

    /// Nil for a reference that is no client's.
    init?(_ text: String?) {
        guard let text, text.first == Self.mark else { return nil }
        let parts = text.dropFirst().split(
            separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let client = UInt64(parts[0]), let number = UInt64(parts[1]) else {
            return nil
        }
        self.client = client
        self.number = number
        reference = parts[2].isEmpty ? nil : String(parts[2])
    }

    var text: String { "\(Self.mark)\(client) \(number) \(reference ?? "")" }
}
