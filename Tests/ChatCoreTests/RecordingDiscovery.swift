import ChatCore
import ChatValues
import Synchronization

/// Discovery that finds nothing, and notes what it is told.
final class RecordingDiscovery: Discovery {
    private struct Record {
        var views: [DiscoveryView] = []
        var isStopped = false
    }

    private let record = Mutex(Record())

    var view: DiscoveryView? { record.withLock { $0.views.last } }
    var isStopped: Bool { record.withLock { $0.isStopped } }

    func start(for node: Node) async {}
    func update(_ view: DiscoveryView) { record.withLock { $0.views.append(view) } }
    func stop() async { record.withLock { $0.isStopped = true } }

    /// Waits until what it is told is so.
    func wait(for what: String, _ condition: @escaping @Sendable (DiscoveryView) -> Bool)
        async throws
    {
        try await within(what) {
            while self.view.map(condition) != true {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }
}

/// Secrets in memory.
final class MemoryRendezvous: RendezvousStore {
    private let kept: Mutex<[Fingerprint: RendezvousSecret]>

    init(_ secrets: [Fingerprint: RendezvousSecret] = [:]) {
        kept = Mutex(secrets)
    }

    var secrets: [Fingerprint: RendezvousSecret] { kept.withLock { $0 } }

    func rendezvousSecrets() async throws -> [Fingerprint: RendezvousSecret] { secrets }
    func save(_ secret: RendezvousSecret, sharedWith contact: Fingerprint) async throws {
        kept.withLock { $0[contact] = secret }
    }
}

extension RendezvousSecret {
    static func test(_ byte: UInt8) -> RendezvousSecret {
        guard let secret = RendezvousSecret(bytes: [UInt8](repeating: byte, count: 32)) else {
            preconditionFailure("32 bytes make a secret")
        }
        return secret
    }
}
