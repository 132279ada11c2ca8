import ChatCore
import ChatValues
import ChatWire

extension Fingerprint {
    /// 32 times this byte.
    static func test(_ byte: UInt8) -> Fingerprint {
        guard let fingerprint = Fingerprint(bytes: [UInt8](repeating: byte, count: 32)) else {
            preconditionFailure("32 bytes make a fingerprint")
        }
        return fingerprint
    }
}

extension Fingerprint {
    /// None of those that repeat a byte.
    static var own: Fingerprint {
        Fingerprint("ABCD" + String(repeating: "EF", count: 30)) ?? .test(0)
    }
}

extension Contact {
    static func test(
        _ name: String, _ byte: UInt8, certificateName: String? = nil, trust: Trust = .trusted,
        addresses: [PeerAddress] = []
    ) -> Contact {
        Contact(
            name: name, fingerprint: .test(byte), trust: trust,
            certificateName: certificateName ?? name, addresses: addresses, addedAt: 0)
    }
}

extension ContactRequest {
    static func test(
        _ name: String, _ byte: UInt8, direction: Direction = .inbound, at time: Double = 0,
        address: PeerAddress = PeerAddress(host: "192.0.2.9", port: 41_000),
        isRejected: Bool = false
    ) -> ContactRequest {
        ContactRequest(
            name: name, fingerprint: .test(byte), address: address, direction: direction,
            firstSeen: time, lastSeen: time, isRejected: isRejected)
    }
}

extension FailedAttempt {
    /// Somebody whose certificate is not pinned.
    static func unknown(
        _ name: String?, _ byte: UInt8, _ direction: Direction = .inbound,
        expected: UInt8? = nil, at address: PeerAddress = .mallory
    ) -> FailedAttempt {
        FailedAttempt(
            reason: .unknownCertificate, direction: direction, address: address,
            expected: expected.map { .test($0) }, fingerprint: .test(byte), certificateName: name)
    }
}

extension FailedAttempt {
    /// One of many whose certificates are not pinned.
    static func stranger(_ number: Int) -> FailedAttempt {
        var bytes = [UInt8](repeating: 7, count: 32)
        bytes[0] = UInt8(number & 0xFF)
        bytes[1] = UInt8(number >> 8)
        return FailedAttempt(
            reason: .unknownCertificate, direction: .inbound, address: .mallory,
            fingerprint: Fingerprint(bytes: bytes), certificateName: "m\(number)")
    }
}

extension PeerAddress {
    static let bob = PeerAddress(host: "bob.example", port: 5_555)
    static let mallory = PeerAddress(host: "203.0.113.9", port: 41_000)
}

extension Message {
    static func test(
        _ content: String, id: MessageID? = .random(), sender: String = "bob"
    ) -> Message {
        Message(id: id, sender: sender, content: content, timestamp: 1_764_000_000)
    }
}

extension NodeEvent {
    /// The event in a few words.
    var summary: String {
        func words(_ status: OutgoingStatus) -> String {
            ([status.peer.name] + (status.reference.map { [$0] } ?? [])).joined(separator: " ")
        }
        return switch self {
        case .listening(let address): "listening \(address)"
        case .connected(let peer, _, let dialect): "connected \(peer.name) \(dialect)"
        case .disconnected(let peer, _, let reason): "disconnected \(peer.name): \(reason)"
        case .message(let message): "message \(message.peer.name): \(message.content)"
        case .queued(let status): "queued \(words(status))"
        case .sent(let status): "sent \(words(status))"
        case .delivered(let status): "delivered \(words(status))"
        case .read(let status): "read \(words(status))"
        case .presence(let peer, let state): "presence \(peer.name) \(state)"
        case .typing(let peer): "typing \(peer.name)"
        case .request(let request): "request \(request.name)"
        case .refused(let refusal): "refused \(refusal.reason.rawValue)"
        case .failure(let failure):
            "failure \(failure.code.rawValue)" + (failure.reference.map { " \($0)" } ?? "")
        case .contactsChanged: "contacts changed"
        case .stopped: "stopped"
        }
    }
}
