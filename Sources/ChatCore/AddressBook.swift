import ChatValues

/// The contacts in memory: who is pinned, under which name, and which name belongs to whom.
/// A value: every decision about trust can be tested without a node.
struct AddressBook {
    private(set) var contacts: [Fingerprint: Contact] = [:]

    init(_ contacts: [Contact] = []) {
        for contact in contacts { self.contacts[contact.fingerprint] = contact }
    }

    subscript(fingerprint: Fingerprint) -> Contact? { contacts[fingerprint] }

    var pins: Set<Fingerprint> { Set(contacts.keys) }

    /// By name, then by fingerprint: the order is the same each time.
    var sorted: [Contact] {
        contacts.values.sorted { ($0.name, $0.fingerprint) < ($1.name, $1.fingerprint) }
    }

    mutating func put(_ contact: Contact) { contacts[contact.fingerprint] = contact }

    mutating func remove(_ fingerprint: Fingerprint) { contacts[fingerprint] = nil }

    /// Names are compared without regard to case, so that `Bob` can't pose beside `bob`.
    static func folded(_ name: String) -> String { name.lowercased() }

    func named(_ name: String) -> [Contact] {
        let wanted = Self.folded(name)
        return sorted.filter { Self.folded($0.name) == wanted }
    }

    /// The contact that a person means: by name, by fingerprint, or by the beginning of a
    /// fingerprint, at least eight digits long. Never a guess.
    func find(_ reference: String) throws(NodeFailure) -> Contact {
        if let fingerprint = Fingerprint(reference), let contact = contacts[fingerprint] {
            return contact
        }
        var found = named(reference)
        // An exact spelling decides between contacts that older databases may hold.
        if found.count > 1 { found = found.filter { $0.name == reference } }
        if found.isEmpty { found = beginning(with: reference) }
        if let only = found.first, found.count == 1 { return only }
        let shown = SafeText.singleLine(reference, limit: 80)
        guard found.isEmpty else {
            let choices = found.map { "\(SafeText.singleLine($0.name)) \($0.fingerprint)" }
            throw NodeFailure(
                .ambiguousContact,
                "\"\(shown)\" could be \(choices.joined(separator: " or ")): say it by fingerprint.")
        }
        throw NodeFailure(
            .unknownContact,
            "There is no contact \"\(shown)\": import the certificate with \"trust FILE\", "
                + "or accept a request.")
    }

    private func beginning(with reference: String) -> [Contact] {
        let digits = reference.filter { $0 != ":" && $0 != " " && $0 != "-" }.uppercased()
        guard digits.count >= 8, digits.allSatisfy(\.isHexDigit) else { return [] }
        return sorted.filter {
            $0.fingerprint.description.filter { $0 != ":" }.hasPrefix(digits)
        }
    }

    /// The contact whose name a certificate carries although it is not the one pinned for them.
    func impersonated(byName name: String, fingerprint: Fingerprint) -> Contact? {
        let claimed = Self.folded(name)
        return sorted.first { contact in
            contact.fingerprint != fingerprint
                && (contact.certificateName.map(Self.folded) == claimed
                    || contact.certificateName == nil && Self.folded(contact.name) == claimed)
        }
    }
}
