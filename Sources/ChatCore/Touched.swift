import ChatValues

/// Contacts whose outboxes are to be flushed when this turn, or this batch, is done: once each,
/// whatever there was for them in it.
struct Touched {
    private var contacts: [Fingerprint: Bool] = [:]
    // Mostly the next is the same.
    private var last: (contact: Fingerprint, hasNew: Bool)?

    var isEmpty: Bool { contacts.isEmpty }

    /// - Parameter hasNew: a message to the contact was stored, who is worth going after.
    mutating func insert(_ contact: Fingerprint, hasNew: Bool) {
        if let last, last.contact == contact, last.hasNew || !hasNew { return }
        let hasNew = hasNew || contacts[contact] == true
        contacts[contact] = hasNew
        last = (contact, hasNew)
    }

    mutating func takeAll() -> [Fingerprint: Bool] {
        defer { self = Touched() }
        return contacts
    }
}
