import P2PChat

/// Whom there are messages with: contacts, and those who were contacts once and are known by their
/// fingerprints alone.
struct Correspondents: Sendable {
    private let contacts: [Fingerprint: Contact]
    /// Those with messages who are no contacts any more.
    private let others: [Fingerprint]

    init(contacts: [Contact], conversations: [Fingerprint] = []) {
        self.contacts = Dictionary(contacts.map { ($0.fingerprint, $0) }) { first, _ in first }
        others = conversations.filter { [known = self.contacts] in known[$0] == nil }
    }

    func contact(_ fingerprint: Fingerprint) -> Contact? { contacts[fingerprint] }

    /// Whom a line or an object names.
    func peer(_ fingerprint: Fingerprint) -> PeerDescription {
        guard let contact = contacts[fingerprint] else {
            return PeerDescription(former: fingerprint)
        }
        return PeerDescription(contact)
    }

    /// The one that a person means, never a guess.
    ///
    /// - Parameter contact: finds a contact as the node does.
    func find(
        _ reference: String, contact: (String) async throws -> Contact
    ) async throws -> Fingerprint {
        let former: [Fingerprint]
        if let fingerprint = Fingerprint(reference) {
            former = others.filter { $0 == fingerprint }
        } else if let digits = Self.digits(reference) {
            former = others.filter { fingerprint in
                fingerprint.description.filter { $0 != ":" }.hasPrefix(digits)
            }
        } else {
            former = []
        }
        do {
            let found = try await contact(reference)
            guard !former.isEmpty else { return found.fingerprint }
            throw Self.ambiguous(reference, [found.fingerprint] + former)
        } catch let failure as NodeFailure where failure.code == .unknownContact {
            guard let only = former.first else { throw failure }
            guard former.count == 1 else { throw Self.ambiguous(reference, former) }
            return only
        }
    }

    private static func ambiguous(
        _ reference: String, _ choices: [Fingerprint]
    ) -> NodeFailure {
        let shown = SafeText.singleLine(reference, limit: 100)
        return NodeFailure(
            .ambiguousContact,
            "\"\(shown)\" could be \(choices.map(\.description).joined(separator: " or ")): say "
                + "more of the fingerprint.")
    }

    /// The beginning of a fingerprint: eight digits or more, with separators or without.
    private static func digits(_ text: String) -> String? {
        let digits = text.uppercased().filter { !": -".contains($0) }
        guard digits.utf8.count >= 8, digits.utf8.allSatisfy("0123456789ABCDEF".utf8.contains)
        else { return nil }
        return digits
    }
}
