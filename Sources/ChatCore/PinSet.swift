public import ChatValues
import Synchronization

/// The fingerprints that are let in, as the TLS handshake sees them.
///
/// The node writes it; verify callbacks on any thread read it. Each look-up sees one whole
/// snapshot, and a contact that is taken out is refused from the next handshake on.
public final class PinSet: Sendable {
    private let pins: Mutex<Set<Fingerprint>>

    public init(_ pins: Set<Fingerprint> = []) {
        self.pins = Mutex(pins)
    }

    public func contains(_ fingerprint: Fingerprint) -> Bool {
        pins.withLock { $0.contains(fingerprint) }
    }

    func replace(with fingerprints: Set<Fingerprint>) {
        pins.withLock { $0 = fingerprints }
    }
}
