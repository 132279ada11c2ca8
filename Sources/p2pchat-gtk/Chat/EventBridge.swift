#if Desktop
import P2PChat
import Synchronization

/// Brings the node's events to GTK's thread, as many at a time as have piled up, so that a burst
/// costs a few turns of the loop and not one for each. While the window is behind, nothing more is
/// taken from the node, which then stops reading from its peers.
final class EventBridge: Sendable {
    private static let limit = 512
    private let waiting = Mutex<[NodeEvent]>([])

    /// Returns when the node has stopped.
    func run(
        _ node: Node, _ deliver: @escaping @Sendable @GtkThread ([NodeEvent]) -> Void
    ) async {
        for await event in node.events {
            let count = waiting.withLock { events in
                events.append(event)
                return events.count
            }
            if count == 1 {
                Task { @GtkThread in deliver(self.take()) }
            } else if count >= Self.limit {
                await deliver(take())
            }
        }
        await deliver(take())
    }

    private func take() -> [NodeEvent] {
        waiting.withLock { events in
            defer { events = [] }
            return events
        }
    }
}
#endif
