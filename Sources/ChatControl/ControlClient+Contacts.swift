public import ChatCore
public import ChatValues
import ChatWire

/// A contact as a running p2pchat knows it.
public struct ListedContact: Sendable {
    public let contact: Contact
    /// Nil where no p2pchat runs that could know.
    public let presence: PresenceState?
    /// The address of the session; nil while there is none.
    public let address: PeerAddress?

    public init(_ contact: Contact, presence: PresenceState? = nil, address: PeerAddress? = nil) {
        self.contact = contact
        self.presence = presence
        self.address = address
    }
}

/// Contacts and requests, asked of the running p2pchat. Each of these throws `NodeFailure` where it
/// refuses, and ``ControlFailure`` where it does not answer.
extension ControlClient {
    public func contacts() async throws -> [ListedContact] {
        let answer = try await ask("contacts")
        return (answer.value["contacts"]?.array ?? []).compactMap { json in
            guard let contact = Contact(json) else { return nil }
            return ListedContact(
                contact,
                presence: json["presence"]?.string.flatMap { PresenceState(rawValue: $0) }
                    ?? .offline,
                address: json["connected"]?.string.flatMap { PeerAddress($0) })
        }
    }

    public func requests() async throws -> [ContactRequest] {
        try await ask("requests").value["requests"]?.array?.compactMap { ContactRequest($0) } ?? []
    }

    /// Imports every certificate in the text. See `Node.trust(certificatesIn:name:replacing:)`.
    public func trust(
        _ certificates: CertificateText, name: String?, replacing: Bool
    ) async throws -> [Contact] {
        command("trust") { json in
            json.member("certificate", String(decoding: certificates.pem, as: UTF8.self))
            json.member("name", optional: name)
            json.member("replace", replacing)
        }
        var contacts: [Contact] = []
        for _ in 0..<certificates.count { contacts.append(try await contact()) }
        return contacts
    }

    public func trust(
        _ fingerprint: Fingerprint, name: String?, replacing: Bool
    ) async throws -> Contact {
        command("trust") { json in
            json.member("fingerprint", fingerprint.description)
            json.member("name", optional: name)
            json.member("replace", replacing)
        }
        return try await contact()
    }

    public func accept(_ request: String, name: String?) async throws -> Contact {
        command("accept") { json in
            json.member("request", request)
            json.member("name", optional: name)
        }
        return try await contact()
    }

    public func reject(_ request: String) async throws -> Fingerprint {
        let answer = try await ask("reject") { $0.member("request", request) }
        guard let fingerprint = answer.value["request"]?.string.flatMap({ Fingerprint($0) }) else {
            throw ControlFailure(.ended)
        }
        return fingerprint
    }

    public func remove(_ name: String) async throws -> Contact {
        command("remove") { $0.member("contact", name) }
        return try await contact()
    }

    /// The contact of that name.
    public func contact(named name: String) async throws -> Contact {
        command("verify") { $0.member("contact", name) }
        return try await contact()
    }

    /// The user has compared the safety number.
    public func markVerified(_ name: String) async throws -> Contact {
        command("verify") { json in
            json.member("contact", name)
            json.member("compared", true)
        }
        return try await contact()
    }

    /// The contact in the next answer.
    private func contact() async throws -> Contact {
        guard let contact = Contact(try await answer().value["contact"]) else {
            throw ControlFailure(.ended)
        }
        return contact
    }

    func ask(
        _ name: String, within seconds: Double? = nil,
        _ members: (inout JSONWriter) -> Void = { _ in }
    ) async throws -> ControlEvent {
        command(name, members)
        return try await answer(within: seconds)
    }

    private func answer(within seconds: Double? = nil) async throws -> ControlEvent {
        let answer = try await next(within: seconds)
        if let failure = answer.failure { throw failure }
        return answer
    }
}
