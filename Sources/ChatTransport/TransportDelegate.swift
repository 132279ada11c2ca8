import ChatCore
import ChatValues
import ChatWire

/// Whom the connections tell what happens on them: the node, or a test's record of it. Called on
/// the event loop, and never from within a call of the node's to a ``Link``.
protocol TransportDelegate: AnyObject {
    /// What the handshake decides by.
    var pins: PinSet { get }
    /// Whether a dial that nobody asked for at this moment may be made now.
    func mayDial(_ dial: Dial) -> Bool
    /// What the hello to a contact says of the secret that is shared with it.
    func rendezvous(with contact: Fingerprint) -> Rendezvous
    /// Seconds since 1970.
    func now() -> Double
    func sessionOpened(_ id: SessionID, _ details: SessionDetails, link: any SessionLink)
    func received(_ frames: [Frame], on id: SessionID)
    func notConfirmed(_ message: MessageID, on id: SessionID, reason: String)
    func sessionClosed(_ id: SessionID, reason: String)
    func attemptFailed(_ attempt: FailedAttempt)
    func dialFailed(_ dial: Dial, explanation: String)
}

/// The node, whose executor is the event loop.
final class IsolatedNode: TransportDelegate {
    private let node: Node

    init(node: Node) {
        self.node = node
    }

    var pins: PinSet { node.pins }

    func now() -> Double { node.configuration.now() }

    func mayDial(_ dial: Dial) -> Bool {
        guard let expected = dial.expected else { return true }
        let address = dial.address
        return node.assumeIsolated { $0.mayDial(address, expecting: expected) }
    }

    func rendezvous(with contact: Fingerprint) -> Rendezvous {
        node.assumeIsolated { $0.rendezvous(with: contact) }
    }

    func sessionOpened(_ id: SessionID, _ details: SessionDetails, link: any SessionLink) {
        node.assumeIsolated { $0.sessionOpened(id, details, link: link) }
    }

    func received(_ frames: [Frame], on id: SessionID) {
        node.assumeIsolated { $0.received(frames, on: id) }
    }

    func notConfirmed(_ message: MessageID, on id: SessionID, reason: String) {
        node.assumeIsolated { $0.notConfirmed(message, on: id, reason: reason) }
    }

    func sessionClosed(_ id: SessionID, reason: String) {
        node.assumeIsolated { $0.sessionClosed(id, reason: reason) }
    }

    func attemptFailed(_ attempt: FailedAttempt) {
        node.assumeIsolated { $0.attemptFailed(attempt) }
    }

    func dialFailed(_ dial: Dial, explanation: String) {
        let (address, expected) = (dial.address, dial.expected)
        node.assumeIsolated {
            $0.dialFailed(address, expecting: expected, explanation: explanation)
        }
    }
}

/// In the place of a node that has stopped.
final class Nobody: TransportDelegate {
    let pins = PinSet()

    func now() -> Double { 0 }
    func mayDial(_ dial: Dial) -> Bool { false }
    func rendezvous(with contact: Fingerprint) -> Rendezvous { .off }
    func sessionOpened(_ id: SessionID, _ details: SessionDetails, link: any SessionLink) {
        link.close(Bye(reason: .quit))
    }
    func received(_ frames: [Frame], on id: SessionID) {}
    func notConfirmed(_ message: MessageID, on id: SessionID, reason: String) {}
    func sessionClosed(_ id: SessionID, reason: String) {}
    func attemptFailed(_ attempt: FailedAttempt) {}
    func dialFailed(_ dial: Dial, explanation: String) {}
}
