public import ChatCore
public import ChatValues
public import ChatWire

/// 2025-11-24 14:03:00 in the time zone of the tests.
public let noon = 1_763_992_980.0

public let someFingerprint = fingerprint(0xAB)

public func fingerprint(_ byte: UInt8) -> Fingerprint {
    guard let fingerprint = Fingerprint(bytes: [UInt8](repeating: byte, count: 32)) else {
        preconditionFailure("32 bytes are a fingerprint")
    }
    return fingerprint
}

public func contact(_ name: String, _ byte: UInt8 = 0xAB) -> Contact {
    Contact(name: name, fingerprint: fingerprint(byte), addedAt: 1_764_000_000)
}

public func peer(_ name: String = "bob", address: String? = nil) -> PeerDescription {
    PeerDescription(
        name: name, fingerprint: someFingerprint, trust: .trusted,
        address: address.flatMap { PeerAddress($0) })
}

public func plainPeer(_ name: String, address: String = "192.0.2.7:5556") -> PeerDescription {
    PeerDescription(name: name, fingerprint: nil, trust: nil, address: PeerAddress(address))
}

public func message(
    _ content: String, from peer: PeerDescription = peer(), at time: Double = noon,
    timestamp: Double? = nil, claimed: String? = nil, secure: Bool = true
) -> IncomingMessage {
    IncomingMessage(
        id: someID, peer: peer, content: content, timestamp: timestamp ?? time, receivedAt: time,
        claimedSender: claimed, secure: secure, dialect: secure ? .native : .seed)
}

public let someID = MessageID("0b1c5f0e-58c4-4f6f-9c0a-2f6f0f1d7a10") ?? .random()

/// Escape sequences, bidi overrides and isolates, tags, zero width, separators, C1, DEL, returns.
public let hostile =
    "x\u{1B}[31m\u{1B}]0;owned\u{7}\u{202E}txt.exe\u{202C}\u{2066}i\u{2069}\u{E0041}\u{200B}"
    + "\u{2028}\u{2029}\u{85}\u{9B}2J\u{7F}\r\n[14:03] carol: y"

/// Every case of ``NodeEvent``, with this text wherever one comes from outside.
public func allEvents(_ text: String) -> [NodeEvent] {
    let someone = peer(text, address: "192.0.2.7:5555")
    let status = OutgoingStatus(id: someID, peer: someone, reference: "\"ref\"")
    let request = ContactRequest(
        name: text, fingerprint: someFingerprint, address: PeerAddress(host: "192.0.2.7", port: 9),
        direction: .inbound, firstSeen: noon, lastSeen: noon)
    let refusals = Refusal.Reason.allCases.map { reason in
        NodeEvent.refused(
            Refusal(
                reason: reason, direction: .outbound, address: request.address,
                fingerprint: someFingerprint, name: text, contact: contact(text, 1),
                explanation: "It was refused."))
    }
    return refusals + [
        .listening(PeerAddress(host: "::", port: 5_555)),
        .connected(someone, secure: true, dialect: .native),
        .connected(plainPeer(text), secure: false, dialect: .seed),
        .disconnected(someone, secure: true, reason: "left"),
        .message(message(text, from: someone, claimed: text)),
        .message(message(text, from: plainPeer(text), secure: false)),
        .queued(status), .sent(status), .delivered(status), .read(status),
        .presence(someone, .online), .presence(someone, .away), .presence(someone, .offline),
        .typing(someone), .request(request), .failure(NodeFailure(.unreachable, "It failed.")),
        .contactsChanged, .stopped,
    ]
}
