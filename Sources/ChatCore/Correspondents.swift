import ChatValues

/// What is asked for with each message of a contact: how it is shown, its session and its outbox,
/// and whom the user's words mean. Worked out once for each state of the address book, of the
/// sessions and of the outboxes, and not anew for each message and event.
///
/// Whoever changes one of those calls ``forget()``. An object of the node's alone.
final class Correspondents {
    final class Entry {
        let fingerprint: Fingerprint
        let description: PeerDescription
        let certificateName: String?
        /// The one that messages go out on.
        let session: Session?
        let outbox: Outbox?

        init(_ contact: Contact, session: Session?, outbox: Outbox?) {
            fingerprint = contact.fingerprint
            description = PeerDescription(
                name: contact.name, fingerprint: contact.fingerprint, trust: contact.trust,
                address: session?.details.remote ?? contact.addresses.first)
            certificateName = contact.certificateName
            self.session = session
            self.outbox = outbox
        }
    }

    /// How many spellings are kept: programs send to a few, and what is typed differs.
    private static let spellingLimit = 1_024

    private var entries: [Fingerprint: Entry] = [:]
    private var spellings: [String: Fingerprint] = [:]
    // Mostly the next message is of the same conversation.
    private var last: Entry?
    private var lastSpelling: (words: String, contact: Fingerprint)?

    subscript(fingerprint: Fingerprint) -> Entry? {
        if let last, last.fingerprint == fingerprint { return last }
        guard let entry = entries[fingerprint] else { return nil }
        last = entry
        return entry
    }

    func insert(_ entry: Entry) {
        entries[entry.fingerprint] = entry
        last = entry
    }

    /// The contact that was found for these words.
    func contact(called spelling: String) -> Fingerprint? {
        if let lastSpelling, lastSpelling.words == spelling { return lastSpelling.contact }
        guard let contact = spellings[spelling] else { return nil }
        lastSpelling = (spelling, contact)
        return contact
    }

    func note(_ contact: Fingerprint, called spelling: String) {
        if spellings.count >= Self.spellingLimit { spellings = [:] }
        spellings[spelling] = contact
    }

    func forget() {
        last = nil
        lastSpelling = nil
        if !entries.isEmpty { entries = [:] }
        if !spellings.isEmpty { spellings = [:] }
    }
}
