import ChatValues

/// How contacts are shown, and whom the user's words mean: worked out once for each state of the
/// address book and of the sessions, and not anew for each message and event.
///
/// Whoever changes one of those calls ``forget()``. An object of the node's alone.
final class ShownContacts {
    final class Entry {
        let description: PeerDescription
        let certificateName: String?

        init(_ description: PeerDescription, certificateName: String?) {
            self.description = description
            self.certificateName = certificateName
        }
    }

    /// How many spellings are kept: programs send to a few, and what is typed differs.
    private static let spellingLimit = 1_024

    private var entries: [Fingerprint: Entry] = [:]
    private var spellings: [String: Fingerprint] = [:]

    subscript(fingerprint: Fingerprint) -> Entry? {
        get { entries[fingerprint] }
        set { entries[fingerprint] = newValue }
    }

    /// The contact that was found for these words.
    func contact(called spelling: String) -> Fingerprint? { spellings[spelling] }

    func note(_ contact: Fingerprint, called spelling: String) {
        if spellings.count >= Self.spellingLimit { spellings = [:] }
        spellings[spelling] = contact
    }

    func forget() {
        if !entries.isEmpty { entries = [:] }
        if !spellings.isEmpty { spellings = [:] }
    }
}
