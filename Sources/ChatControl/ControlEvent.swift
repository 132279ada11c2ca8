public import ChatCore
import ChatValues
public import ChatWire

/// A line that a running p2pchat has sent.
public struct ControlEvent: Sendable {
    public let name: String
    public let value: JSONValue

    /// Nil for what is no event.
    init?(_ line: [UInt8]) {
        // As deep as a `ref` of ours may be, in an event.
        guard let value = try? JSONValue(parsing: line, maximumDepth: JSONCommand.maximumDepth + 1),
            let name = value["event"]?.string
        else { return nil }
        self.name = name
        self.value = value
    }

    /// The `ref` of the command that it answers, where that was a number.
    public var reference: Int? { value["ref"]?.integer }

    /// What an `error` says.
    public var failure: NodeFailure? {
        guard name == "error" else { return nil }
        // A later version may have other codes.
        let code = value["code"]?.string.flatMap { NodeFailure.Code(rawValue: $0) }
        let text = value["message"]?.string ?? "The running p2pchat has refused it."
        return NodeFailure(code ?? .stopping, SafeText.singleLine(text))
    }

    /// The event as it came, without the `ref`.
    public var lineWithoutReference: [UInt8] {
        var json = JSONWriter()
        if case .object(let members) = value {
            json.value(.object(members.filter { $0.key != "ref" }))
        }
        return json.bytes
    }
}

extension Contact {
    /// What `trusted` and others say of a contact; nil where that is none.
    init?(_ json: JSONValue?) {
        guard let json, let name = json["name"]?.string,
            let fingerprint = json["fingerprint"]?.string.flatMap({ Fingerprint($0) })
        else { return nil }
        self.init(
            name: name, fingerprint: fingerprint,
            trust: json["trust"]?.string.flatMap { Trust(rawValue: $0) } ?? .trusted,
            knownAddresses: json["places"]?.array?.compactMap { KnownAddress($0) } ?? [],
            addedAt: json["added"]?.number ?? 0)
    }
}

extension KnownAddress {
    /// An element of `places`; nil where that is none.
    init?(_ json: JSONValue) {
        guard let address = json["address"]?.string.flatMap({ PeerAddress($0) }),
            let origin = json["origin"]?.string.flatMap({ AddressOrigin(rawValue: $0) })
        else { return nil }
        self.init(address, origin: origin, workedAt: json["worked"]?.number)
    }
}

extension ContactRequest {
    /// An element of `requests`; nil where that is none.
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string,
            let fingerprint = json["fingerprint"]?.string.flatMap({ Fingerprint($0) }),
            let address = json["address"]?.string.flatMap({ PeerAddress($0) }),
            let direction = json["direction"]?.string.flatMap({ Direction(rawValue: $0) })
        else { return nil }
        self.init(
            name: name, fingerprint: fingerprint, address: address, direction: direction,
            firstSeen: json["first_seen"]?.number ?? 0, lastSeen: json["last_seen"]?.number ?? 0)
    }
}

extension JSONValue {
    var number: Double? {
        if case .number(let value, _) = self { value } else { nil }
    }
}
