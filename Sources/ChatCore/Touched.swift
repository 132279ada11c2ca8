import ChatValues

/// Contacts whose outboxes are to be flushed when this turn, or this batch, is done: once each,
/// whatever there was for them in it.
struct Touched {
    private var contacts: [Fingerprint: Bool] = [:]
    // Mostly there is but one, for whom no table is made.
    private var first: (contact: Fingerprint, hasNew: Bool)?

    var isEmpty: Bool { first == nil }

    /// - Parameter hasNew: a message to the contact was stored, who is worth going after.
    mutating func insert(_ contact: Fingerprint, hasNew: Bool) {
        guard let first, first.contact != contact else {
            self.first = (contact, hasNew || first?.hasNew == true)
            return
        }
        contacts[contact] = hasNew || contacts[contact] == true
    }

    func forEach(_ body: (_ contact: Fingerprint, _ hasNew: Bool) -> Void) {
        guard let first else { return }
        body(first.contact, first.hasNew)
        for (contact, hasNew) in contacts { body(contact, hasNew) }
    }
}
