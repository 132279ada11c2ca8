@testable import ChatCore

extension Node {
    /// How much is kept of peers.
    func sizes() -> [Int] {
        [
            sessions.count, current.count, outboxes.count, references.count,
            plainDials.count,
        ]
    }
}
