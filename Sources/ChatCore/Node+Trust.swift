public import ChatValues
import ChatWire

/// Contacts and requests. Each of these returns once the change is on disk.
extension Node {
    /// Requests that wait for an answer, oldest first.
    public func pendingRequests() -> [ContactRequest] { requests.pending }

    /// The contact that this names: by label, fingerprint, or the beginning of a fingerprint.
    public func contact(_ reference: String) throws(NodeFailure) -> Contact {
        try requireSecure()
        return try book.find(reference)
    }

    /// Pins a fingerprint for good.
    ///
    /// - Parameters:
    ///   - name: the label; nil takes the certificate's name.
    ///   - certificateName: the common name, where the certificate was at hand.
    ///   - replacing: the user says that the contact of this name has a new certificate. It takes
    ///     the place of the old pin, and has to be verified anew.
    /// - Throws: ``NodeFailure`` when the name belongs to another contact, can't be one, or the
    ///   fingerprint is our own.
    @discardableResult
    public func trust(
        _ fingerprint: Fingerprint, name: String?, certificateName: String? = nil,
        replacing: Bool = false
    ) async throws(NodeFailure) -> Contact {
        try requireSecure()
        guard fingerprint != self.fingerprint else {
            throw NodeFailure(
                .ourselves, "This is your own certificate: import your friend's instead.")
        }
        let request = requests[fingerprint]
        let certificateName = certificateName ?? request?.name
        let known = book[fingerprint]
        let label = try Self.label(
            name, known: known, certificateName: certificateName, fingerprint: fingerprint)
        var replaced: Contact?
        if let other = book.named(label).first(where: { $0.fingerprint != fingerprint }) {
            guard replacing else { throw Self.taken(label, by: other, fingerprint: fingerprint) }
            replaced = other
        } else if known == nil, name == nil, !replacing, let certificateName,
            let other = book.impersonated(byName: certificateName, fingerprint: fingerprint)
        {
            throw Self.taken(certificateName, by: other, fingerprint: fingerprint)
        }
        var contact = known ?? Contact(
            name: label, fingerprint: fingerprint, addedAt: configuration.now())
        contact.name = label
        contact.certificateName = certificateName ?? contact.certificateName
        for address in replaced?.addresses.reversed() ?? [] { contact.remember(address) }
        if let request, request.direction == .outbound { contact.remember(request.address) }
        if let replaced { try await remove(replaced) }
        try await put(contact, insteadOf: known)
        if !contact.addresses.isEmpty, current[.contact(fingerprint)] == nil {
            transport?.keepReaching(fingerprint, at: contact.addresses)
        }
        return contact
    }

    /// Makes a contact of whoever asked.
    @discardableResult
    public func accept(_ reference: String, name: String? = nil) async throws(NodeFailure) -> Contact {
        try requireSecure()
        let request = try requests.find(reference)
        return try await trust(request.fingerprint, name: name, certificateName: request.name)
    }

    /// Declines a request. The same certificate is still refused, and not announced again.
    public func reject(_ reference: String) async throws(NodeFailure) {
        try requireSecure()
        var request = try requests.find(reference)
        request.isRejected = true
        requests.put(request)
        try await persist { [request] store in try await store.save(request) }
    }

    /// Takes the pin back, and ends the session.
    public func removeContact(_ reference: String) async throws(NodeFailure) {
        try requireSecure()
        try await remove(try book.find(reference))
    }

    /// Gives a contact another label.
    @discardableResult
    public func renameContact(
        _ reference: String, to name: String
    ) async throws(NodeFailure) -> Contact {
        let contact = try contact(reference)
        return try await trust(contact.fingerprint, name: name)
    }

    /// The user has compared the safety number.
    @discardableResult
    public func markVerified(_ reference: String) async throws(NodeFailure) -> Contact {
        var contact = try contact(reference)
        let before = contact
        contact.trust = .verified
        try await put(contact, insteadOf: before)
        return contact
    }

    func requireSecure() throws(NodeFailure) {
        guard isSecure else {
            throw NodeFailure(
                .insecureMode,
                "Plain text knows no contacts: start p2pchat without --insecure for that.")
        }
    }

    private func put(_ contact: Contact, insteadOf before: Contact?) async throws(NodeFailure) {
        // In memory first: an address learnt while the disk works must not bring the old state
        // back. The pin follows only once the contact is safe.
        book.put(contact)
        do {
            try await persist { store in try await store.save(contact) }
        } catch {
            if book[contact.fingerprint] == contact {
                if let before { book.put(before) } else { book.remove(contact.fingerprint) }
            }
            throw error
        }
        requests.remove(contact.fingerprint)
        pins.replace(with: book.pins)
        emit(.contactsChanged)
    }

    private func remove(_ contact: Contact) async throws(NodeFailure) {
        let fingerprint = contact.fingerprint
        try await persist { store in try await store.removeContact(fingerprint) }
        book.remove(fingerprint)
        pins.replace(with: book.pins)
        transport?.stopReaching(fingerprint)
        var outbox = outboxes.removeValue(forKey: .contact(fingerprint)) ?? Outbox()
        for entry in outbox.removeAll() {
            emit(.failure(NodeFailure(
                .unknownContact, "The contact was removed: the message was not delivered.",
                reference: entry.reference)))
        }
        seen[.contact(fingerprint)] = nil
        for session in sessions.values where session.peer == .contact(fingerprint) {
            session.link.close(Bye(reason: .rejected))
        }
        emit(.contactsChanged)
    }

    /// The label for a contact: what the user chose, what it has, or what the certificate's
    /// name comes to.
    private static func label(
        _ chosen: String?, known: Contact?, certificateName: String?, fingerprint: Fingerprint
    ) throws(NodeFailure) -> String {
        if let chosen {
            do {
                return try UserName(chosen).description
            } catch {
                throw NodeFailure(.badName, "\(error)")
            }
        }
        if let known { return known.name }
        if let certificateName, let name = try? UserName(certificateName) {
            return name.description
        }
        // A certificate made elsewhere may be named anything: keep what a label can hold.
        let kept = (certificateName ?? "").split {
            !($0.isLetter || $0.isNumber || "._-".contains($0))
        }
        let joined = String(kept.joined(separator: "-").prefix(40))
        if let name = try? UserName(joined) { return name.description }
        return "contact-" + fingerprint.description.prefix(11).filter { $0 != ":" }
    }

    private static func taken(
        _ name: String, by other: Contact, fingerprint: Fingerprint
    ) -> NodeFailure {
        NodeFailure(
            .contactExists,
            "You know \"\(SafeText.singleLine(other.name))\" with the certificate "
                + "\(other.fingerprint), and this one is \(fingerprint): if they made a new one "
                + "and have told you its fingerprint, import it with --replace; if this is "
                + "somebody else, give them another name with --name.")
    }
}

/// Writes to the store, one after the other.
extension Node {
    typealias StoreOperation = @Sendable (any TrustStore) async throws -> Void

    /// Waits its turn, writes, and throws what the user should know.
    func persist(_ operation: @escaping StoreOperation) async throws(NodeFailure) {
        guard let task = enqueue(operation) else { return }
        if let failure = await task.value { throw failure }
    }

    /// Writes when its turn comes; a failure becomes an event.
    func persistLater(_ operation: @escaping StoreOperation) {
        guard let task = enqueue(operation) else { return }
        Task {
            if let failure = await task.value { emit(.failure(failure)) }
        }
    }

    private func enqueue(_ operation: @escaping StoreOperation) -> Task<NodeFailure?, Never>? {
        guard let store else { return nil }
        // In order: a contact is saved whole, so an older state must not come in last.
        let task = Task { [previous = lastWrite] () -> NodeFailure? in
            _ = await previous?.value
            do {
                try await operation(store)
                return nil
            } catch {
                return NodeFailure(.storage, "\(error)")
            }
        }
        lastWrite = task
        return task
    }
}
