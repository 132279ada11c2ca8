import ChatCore
import ChatValues
import ChatWire
import Synchronization

/// A session's other end, which notes what it is told.
final class RecordingLink: SessionLink {
    private struct Record {
        var sent: [Frame] = []
        var closings: [Bye] = []
        var isReading = true
        var probes = 0
        var onSend: (@Sendable (Frame) -> Void)?
    }

    private let record = Mutex(Record())
    private let onReading: @Sendable () -> Void

    /// - Parameter onReading: called when the node wants to read or no longer does.
    init(onReading: @escaping @Sendable () -> Void = {}) {
        self.onReading = onReading
    }

    var sent: [Frame] { record.withLock { $0.sent } }
    /// How often, and with what words, the node has closed it.
    var closings: [Bye] { record.withLock { $0.closings } }
    var isReading: Bool { record.withLock { $0.isReading } }
    var probes: Int { record.withLock { $0.probes } }

    var messages: [Message] {
        sent.compactMap { if case .message(let message) = $0 { message } else { nil } }
    }
    var contents: [String] { messages.map(\.content) }
    var receipts: [Receipt] {
        sent.compactMap { if case .receipt(let receipt) = $0 { receipt } else { nil } }
    }
    var presence: [UserPresence] {
        sent.compactMap { if case .presence(let presence) = $0 { presence } else { nil } }
    }
    var lists: [PresenceList] {
        sent.compactMap { if case .presenceList(let list) = $0 { list } else { nil } }
    }

    /// Called within each ``send(_:)``, on the node's executor.
    func onSend(_ action: @escaping @Sendable (Frame) -> Void) {
        record.withLock { $0.onSend = action }
    }

    func send(_ frame: Frame) {
        let action = record.withLock { record in
            record.sent.append(frame)
            return record.onSend
        }
        action?(frame)
    }
    func close(_ bye: Bye) { record.withLock { $0.closings.append(bye) } }
    func setReading(_ reading: Bool) {
        record.withLock { $0.isReading = reading }
        onReading()
    }
    func probe() { record.withLock { $0.probes += 1 } }
}

/// A network that goes nowhere.
final class RecordingTransport: Transport {
    struct Dial: Hashable {
        let address: PeerAddress
        let expected: Fingerprint?
    }

    private struct Record {
        var dials: [Dial] = []
        var pursued: [Fingerprint: [PeerAddress]] = [:]
        var hurried = 0
        var isStopped = false
        var onStop: (@Sendable () async -> Void)?
    }

    private let record = Mutex(Record())
    private let failure: NodeFailure?

    /// - Parameter failure: how listening ends.
    init(listening failure: NodeFailure? = nil) {
        self.failure = failure
    }

    var dials: [Dial] { record.withLock { $0.dials } }
    /// Whom it goes after at the moment, and where.
    var pursued: [Fingerprint: [PeerAddress]] { record.withLock { $0.pursued } }
    /// How often it was to go after somebody at once.
    var hurried: Int { record.withLock { $0.hurried } }
    var isStopped: Bool { record.withLock { $0.isStopped } }

    func listen(on address: PeerAddress) async throws(NodeFailure) -> PeerAddress {
        if let failure { throw failure }
        return address
    }
    func dial(_ address: PeerAddress, expecting fingerprint: Fingerprint?) {
        record.withLock { $0.dials.append(Dial(address: address, expected: fingerprint)) }
    }
    func keepReaching(_ fingerprint: Fingerprint, at addresses: [PeerAddress]) {
        record.withLock {
            $0.pursued[fingerprint] = addresses
            $0.hurried += 1
        }
    }
    func reachAgain(_ fingerprint: Fingerprint, at addresses: [PeerAddress]) {
        record.withLock { $0.pursued[fingerprint] = addresses }
    }
    func stopReaching(_ fingerprint: Fingerprint) {
        record.withLock { $0.pursued[fingerprint] = nil }
    }
    /// What happens while it stops.
    func onStop(_ action: @escaping @Sendable () async -> Void) {
        record.withLock { $0.onStop = action }
    }
    func stop() async {
        let action = record.withLock { record in
            record.isStopped = true
            return record.onStop
        }
        await action?()
    }
}
