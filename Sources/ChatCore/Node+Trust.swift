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
    ///     the place of the old pin and keeps its addresses, and has to be verified anew.
    /// - Throws: ``NodeFailure`` when the name belongs to another contact, can't be one, or the
    ///   fingerprint is our own.
    @discardableResult
    public func trust(
        _ fingerprint: Fingerprint, name: String?, certificateName: String? = nil,
        replacing: Bool = false
    ) async throws(NodeFailure) -> Contact {
        let store = try storeForChange()
        guard fingerprint != self.fingerprint else {
            throw NodeFailure(
                .ourselves, "This is your own certificate: import your friend's instead.")
        }
        await takeTurn()
        defer { endTurn() }
        let request = requests[fingerprint]
        let known = book[fingerprint]
        let certificateName = Self.bounded(
            certificateName ?? request?.name ?? known?.certificateName ?? "")
        var label =
            try name.map(ContactLabel.chosen)
            ?? known?.name
            ?? ContactLabel.derived(fromCertificateName: certificateName, fingerprint)
        let replaced = try holder(
            of: label, certificateName: known == nil && name == nil ? certificateName : "",
            besides: fingerprint, isReplaced: replacing)
        // Who is replaced without being named keeps the label that the user knows.
        if name == nil, let replaced { label = replaced.name }

        // Made twice, of the contact as it is before and after the disk is done: an address that is
        // learnt meanwhile stays.
        func changed(_ contact: Contact?) -> Contact {
            var contact =
                contact
                ?? Contact(
                    name: label, fingerprint: fingerprint, addedAt: configuration.now())
            contact.name = label
            if !certificateName.isEmpty { contact.certificateName = certificateName }
            for known in replaced?.knownAddresses.reversed() ?? [] { contact.remember(known) }
            if let request, request.direction == .outbound {
                contact.remember(KnownAddress(request.address))
            }
            return contact
        }

        let contact = changed(known)
        if contact != known || request != nil {
            try await stored {
                if let replaced {
                    try await store.replace(replaced, with: contact)
                } else {
                    try await store.save(contact)
                }
            }
            let reason = "\(SafeText.singleLine(label))'s certificate was replaced"
            let told = replaced.map { forget($0, saying: reason) } ?? 0
            book.put(changed(book[fingerprint]))
            if requests[fingerprint] != nil {
                requests.remove(fingerprint)
                // It may have knocked again while the disk was at work.
                saveLater(request: fingerprint)
            }
            pins.replace(with: book.pins)
            emit(.contactsChanged)
            updateDiscovery()
            if let replaced { await tellWaiting(for: replaced, besides: told, saying: reason) }
        }
        reach(fingerprint)
        return book[fingerprint] ?? contact
    }

    /// The other contact that has this name, where the user wants it replaced.
    private func holder(
        of label: String, certificateName: String, besides fingerprint: Fingerprint,
        isReplaced: Bool
    ) throws(NodeFailure) -> Contact? {
        let holder =
            book.named(label).first { $0.fingerprint != fingerprint }
            ?? book.impersonated(byName: certificateName, fingerprint: fingerprint)
        guard let holder, !isReplaced else { return holder }
        throw NodeFailure(
            .contactExists,
            "You know \"\(SafeText.singleLine(holder.name))\" with the certificate "
                + "\(holder.fingerprint), and this one is \(fingerprint): if they made a new one "
                + "and have told you its fingerprint, import it with --replace; if this is "
                + "somebody else, give them another name with --name.")
    }

    /// Makes a contact of whoever asked.
    @discardableResult
    public func accept(_ reference: String, name: String? = nil) async throws(NodeFailure)
        -> Contact
    {
        try requireSecure()
        let request = try requests.find(reference)
        return try await trust(request.fingerprint, name: name, certificateName: request.name)
    }

    /// Declines a request, and returns whose. The same certificate is still refused, and not
    /// announced again.
    @discardableResult
    public func reject(_ reference: String) async throws(NodeFailure) -> Fingerprint {
        let store = try storeForChange()
        await takeTurn()
        defer { endTurn() }
        let request = try requests.find(reference)
        var rejected = request
        rejected.isRejected = true
        try await stored { [rejected] in try await store.save(rejected) }
        // It may have been pushed out by others, or seen again, while the disk was at work.
        guard var now = requests[request.fingerprint] else {
            saveLater(request: request.fingerprint)
            return request.fingerprint
        }
        now.isRejected = true
        requests.put(now)
        return request.fingerprint
    }

    /// Takes the pin back, and ends the session.
    public func removeContact(_ reference: String) async throws(NodeFailure) {
        let store = try storeForChange()
        await takeTurn()
        defer { endTurn() }
        let contact = try book.find(reference)
        try await stored { try await store.removeContact(contact.fingerprint) }
        let reason = "\(SafeText.singleLine(contact.name)) is no longer a contact"
        let told = forget(contact, saying: reason)
        pins.replace(with: book.pins)
        emit(.contactsChanged)
        updateDiscovery()
        await tellWaiting(for: contact, besides: told, saying: reason)
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
        let store = try storeForChange()
        await takeTurn()
        defer { endTurn() }
        let contact = try book.find(reference)
        var verified = contact
        verified.trust = .verified
        try await stored { [verified] in try await store.save(verified) }
        // With what has been learnt of them while the disk was at work.
        verified = book[contact.fingerprint] ?? contact
        verified.trust = .verified
        book.put(verified)
        emit(.contactsChanged)
        return verified
    }

    func requireSecure() throws(NodeFailure) {
        guard isSecure else {
            throw NodeFailure(
                .insecureMode,
                "Plain text knows no contacts: start p2pchat without --insecure for that.")
        }
    }

    private func storeForChange() throws(NodeFailure) -> any TrustStore {
        try requireSecure()
        try requireRunning()
        guard let store else {
            throw NodeFailure(.storage, "There is nowhere to keep contacts: name a home folder.")
        }
        return store
    }

    /// Everything but the disk forgets a contact.
    ///
    /// - Parameter reason: why, in a few words that are safe to show.
    /// - Returns: of how many messages to them it has been told that they were not delivered.
    private func forget(_ contact: Contact, saying reason: String) -> Int {
        let key = PeerKey.contact(contact.fingerprint)
        if current[key] != nil {
            let description = describe(key)
            current[key] = nil
            emit(.presence(description, .offline))
            emit(.disconnected(description, secure: true, reason: reason))
        }
        for session in sessions.values where session.peer == key {
            leave(session, Bye(reason: .rejected))
        }
        book.remove(contact.fingerprint)
        transport?.stopReaching(contact.fingerprint)
        asked[contact.fingerprint] = nil
        discovery.forget(contact.fingerprint)
        told = told.filter { $0.fingerprint != contact.fingerprint }
        let references = references.removeValue(forKey: key)
        readReceipts[contact.fingerprint] = nil
        typing[contact.fingerprint] = nil
        let entries = outboxes.removeValue(forKey: key)?.entries ?? []
        for entry in entries {
            emit(
                .failure(
                    NodeFailure(
                        .unknownContact,
                        "\(reason): a message to them was not delivered, and stays in the history.",
                        reference: references?[entry.id])))
        }
        return entries.count
    }

    /// What was to be sent to somebody who is no contact any more stays on disk.
    private func tellWaiting(
        for contact: Contact, besides told: Int, saying reason: String
    ) async {
        guard let messages else { return }
        await journalled()
        let summary = try? await messages.conversation(with: contact.fingerprint)
        let count = (summary?.queued ?? 0) - told
        guard count > 0 else { return }
        emit(
            .failure(
                NodeFailure(
                    .unknownContact,
                    "\(reason): \(count == 1 ? "a message" : "\(count) messages") to them stays "
                        + "unsent in the history, and goes out if that certificate is trusted "
                        + "again.")))
    }

    /// A name as it came, cut to what an honest one may have: certificates and their names may be
    /// as long as their makers like.
    static func bounded(_ name: String) -> String {
        guard name.utf8.count > WireLimits.name else { return name }
        var kept = ""
        for scalar in name.unicodeScalars {
            guard kept.utf8.count + scalar.utf8.count <= WireLimits.name else { break }
            kept.unicodeScalars.append(scalar)
        }
        return kept
    }
}
