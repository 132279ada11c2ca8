import ChatValues

/// The contacts in memory: who is pinned, under which name, and which name belongs to whom.
/// A value: every decision about trust can be tested without a node.
struct AddressBook {
    private(set) var contacts: [Fingerprint: Contact] = [:]
    /// Whose name it is, folded: a message to a contact costs the same however many there are.
    private var holders: [String: Set<Fingerprint>] = [:]

    init(_ contacts: [Contact] = []) {
        for contact in contacts { put(contact) }
    }

    subscript(fingerprint: Fingerprint) -> Contact? { contacts[fingerprint] }

    var pins: Set<Fingerprint> { Set(contacts.keys) }

    /// By name, then by fingerprint: the order is the same each time.
    var sorted: [Contact] { those { _ in true } }

    private func those(where condition: (Contact) -> Bool) -> [Contact] {
        contacts.values.filter(condition)
            .sorted { ($0.name, $0.fingerprint) < ($1.name, $1.fingerprint) }
    }

    mutating func put(_ contact: Contact) {
        let former = contacts.updateValue(contact, forKey: contact.fingerprint)
        guard former?.name != contact.name else { return }
        if let former { dropName(of: former) }
        holders[Self.folded(contact.name), default: []].insert(contact.fingerprint)
    }

    mutating func remove(_ fingerprint: Fingerprint) {
        if let former = contacts.removeValue(forKey: fingerprint) { dropName(of: former) }
    }

    private mutating func dropName(of contact: Contact) {
        let name = Self.folded(contact.name)
        holders[name]?.remove(contact.fingerprint)
        if holders[name]?.isEmpty == true { holders[name] = nil }
    }

    /// Names are compared without regard to case, so that `Bob` can't pose beside `bob`.
    static func folded(_ name: String) -> String { name.lowercased() }

    func named(_ name: String) -> [Contact] {
        let found = holders[Self.folded(name)] ?? []
        return found.compactMap { contacts[$0] }
            .sorted { ($0.name, $0.fingerprint) < ($1.name, $1.fingerprint) }
    }

    /// The contact that a person means: by fingerprint, by name, or by the beginning of a
    /// fingerprint, at least eight digits long. Never a guess.
    func find(_ reference: String) throws(NodeFailure) -> Contact {
        let found = candidates(for: reference)
        if let only = found.first, found.count == 1 { return only }
        let shown = SafeText.singleLine(reference, limit: 100)
        guard found.isEmpty else {
            let choices = found.map { "\(SafeText.singleLine($0.name)) \($0.fingerprint)" }
            throw NodeFailure(
                .ambiguousContact,
                "\"\(shown)\" could be \(choices.joined(separator: " or ")): say it by fingerprint."
            )
        }
        throw NodeFailure(
            .unknownContact,
            "There is no contact \"\(shown)\": import the certificate with \"trust FILE\", "
                + "or accept a request.")
    }

    private func candidates(for reference: String) -> [Contact] {
        // A whole fingerprint means that one only, whoever may have taken its digits for a name.
        if let fingerprint = Fingerprint(reference) {
            return contacts[fingerprint].map { [$0] } ?? []
        }
        var found = named(reference)
        // An exact spelling decides between contacts whose names differ in case.
        let exact = found.filter { $0.name == reference }
        if exact.count == 1 { found = exact }
        // A name that looks like the beginning of another contact's fingerprint is ambiguous.
        if let prefix = FingerprintPrefix(reference) {
            let named = Set(found.map(\.fingerprint))
            found += those {
                prefix.matches($0.fingerprint) && !named.contains($0.fingerprint)
            }
        }
        return found
    }

    /// The contact whose name a certificate carries although it is not the one pinned for them:
    /// the name in the pinned certificate, or the one that the user gave.
    func impersonated(byName name: String, fingerprint: Fingerprint) -> Contact? {
        let claimed = Self.folded(name)
        // Certificates without a name are many, and say nothing of each other.
        guard !claimed.isEmpty else { return nil }
        func holder(of name: (Contact) -> String?) -> Contact? {
            those { $0.fingerprint != fingerprint && name($0).map(Self.folded) == claimed }.first
        }
        return holder(of: \.certificateName) ?? holder(of: \.name)
    }
}
