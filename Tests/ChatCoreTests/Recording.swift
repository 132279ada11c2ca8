import ChatCore
import ChatValues
import ChatWire
import Synchronization

/// A session's other end, which notes what it is told.
final class RecordingLink: SessionLink {
    struct Record {
        var sent: [Frame] = []
        var closed: Bye?
        var isReading = true
        var probes = 0
    }

    private let record = Mutex(Record())
    var sent: [Frame] { record.withLock { $0.sent } }
    var closed: Bye? { record.withLock { $0.closed } }
    var isReading: Bool { record.withLock { $0.isReading } }
    var probes: Int { record.withLock { $0.probes } }

    func send(_ frame: Frame) { record.withLock { $0.sent.append(frame) } }
    func close(_ bye: Bye) { record.withLock { $0.closed = bye } }
    func setReading(_ reading: Bool) { record.withLock { $0.isReading = reading } }
    func probe() { record.withLock { $0.probes += 1 } }
}

/// A network that goes nowhere.
final class RecordingTransport: Transport {
    struct Record {
        var dials: [(address: PeerAddress, expected: Fingerprint?)] = []
        var pursued: [Fingerprint: [PeerAddress]] = [:]
        var isStopped = false
    }

    private let record = Mutex(Record())
    var dials: [(address: PeerAddress, expected: Fingerprint?)] { record.withLock { $0.dials } }
    var pursued: [Fingerprint: [PeerAddress]] { record.withLock { $0.pursued } }
    var isStopped: Bool { record.withLock { $0.isStopped } }

    func listen(on address: PeerAddress) async throws(NodeFailure) -> PeerAddress { address }
    func dial(_ address: PeerAddress, expecting fingerprint: Fingerprint?) {
        record.withLock { $0.dials.append((address, fingerprint)) }
    }
    func keepReaching(_ fingerprint: Fingerprint, at addresses: [PeerAddress]) {
        record.withLock { $0.pursued[fingerprint] = addresses }
    }
    func stopReaching(_ fingerprint: Fingerprint) {
        record.withLock { $0.pursued[fingerprint] = nil }
    }
    func stop() async { record.withLock { $0.isStopped = true } }
}

/// A disk that keeps everything in memory, and fails when it is told to.
final class MemoryStore: TrustStore {
    private let state: Mutex<(records: TrustRecords, failure: StoreFailure?)>
    var records: TrustRecords { state.withLock { $0.records } }

    init(_ records: TrustRecords) { state = Mutex((records, nil)) }

    func fail(with failure: StoreFailure?) { state.withLock { $0.failure = failure } }

    private func change(_ body: (inout TrustRecords) -> Void) throws {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            body(&state.records)
        }
    }

    func load() async throws -> TrustRecords { records }
    func save(_ contact: Contact) async throws {
        try change {
            $0.contacts.removeAll { $0.fingerprint == contact.fingerprint }
            $0.requests.removeAll { $0.fingerprint == contact.fingerprint }
            $0.contacts.append(contact)
        }
    }
    func removeContact(_ fingerprint: Fingerprint) async throws {
        try change { $0.contacts.removeAll { $0.fingerprint == fingerprint } }
    }
    func save(_ request: ContactRequest) async throws {
        try change {
            $0.requests.removeAll { $0.fingerprint == request.fingerprint }
            $0.requests.append(request)
        }
    }
    func removeRequest(_ fingerprint: Fingerprint) async throws {
        try change { $0.requests.removeAll { $0.fingerprint == fingerprint } }
    }
}
