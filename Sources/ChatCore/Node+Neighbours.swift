import ChatValues

/// Who has announced themselves openly on the local network. Bounded, and forgotten by time.
struct Neighbours {
    static let limit = 64
    /// Seconds: five announcements that did not come.
    static let lifetime = 150.0

    private var all: [Fingerprint: Neighbour] = [:]

    /// Takes an announcement. Where there are as many as there may be, the one heard of longest ago
    /// goes.
    mutating func note(_ neighbour: Neighbour) {
        if all[neighbour.fingerprint] == nil, all.count >= Self.limit,
            let oldest = all.values.min(by: { $0.lastHeard < $1.lastHeard })
        {
            all[oldest.fingerprint] = nil
        }
        all[neighbour.fingerprint] = neighbour
    }

    mutating func current(at now: Double) -> [Neighbour] {
        all = all.filter { abs(now - $0.value.lastHeard) < Self.lifetime }
        return all.values.sorted { ($0.name, $0.fingerprint) < ($1.name, $1.fingerprint) }
    }
}

extension Node {
    /// Somebody announced themselves; the signature holds.
    public func heard(_ neighbour: Neighbour) {
        guard !isStopping, neighbour.fingerprint != fingerprint else { return }
        var neighbour = neighbour
        neighbour.name = Self.bounded(neighbour.name)
        neighbour.addresses = Array(
            neighbour.addresses.filter { $0.isDialable(hearsayIsLocal: true) }
                .prefix(Self.candidateLimit))
        guard !neighbour.addresses.isEmpty else { return }
        discovery.neighbours.note(neighbour)
        // Whoever has a beacon for us is found by that.
        guard discovery.secrets[neighbour.fingerprint] == nil else { return }
        found(
            Candidate(
                contact: neighbour.fingerprint, addresses: neighbour.addresses, origin: .nearby,
                isLocal: true))
    }

    /// Who on the local network lets everybody know of them, by name; contacts among them.
    public func neighbours() -> [Neighbour] {
        discovery.neighbours.current(at: configuration.now())
    }

    /// Sends a neighbour a request: trusts the certificate that their announcement was signed with,
    /// and dials. They see us among their requests, and decide.
    ///
    /// - Parameters:
    ///   - reference: the neighbour's name, fingerprint, or the beginning of it.
    ///   - name: the label; nil takes the certificate's name.
    @discardableResult
    public func greet(
        _ reference: String, name: String? = nil
    ) async throws(NodeFailure) -> Contact {
        let neighbour = try neighbour(reference)
        let contact = try await trust(
            neighbour.fingerprint, name: name, certificateName: neighbour.name)
        found(
            Candidate(
                contact: contact.fingerprint, addresses: neighbour.addresses, origin: .nearby,
                isLocal: true))
        return contact
    }

    /// Throws where nobody or several go by this. Never a guess.
    public func neighbour(_ reference: String) throws(NodeFailure) -> Neighbour {
        try requireSecure()
        let all = neighbours()
        let prefix = FingerprintPrefix(reference)
        let found: [Neighbour]
        if let fingerprint = Fingerprint(reference) {
            found = all.filter { $0.fingerprint == fingerprint }
        } else {
            let wanted = AddressBook.folded(reference)
            found = all.filter {
                AddressBook.folded($0.name) == wanted || prefix?.matches($0.fingerprint) == true
            }
        }
        if let only = found.first, found.count == 1 { return only }
        let shown = SafeText.singleLine(reference, limit: 100)
        guard found.isEmpty else {
            let choices = found.map(\.fingerprint.description).joined(separator: " or ")
            throw NodeFailure(
                .ambiguousContact, "Several neighbours go by \"\(shown)\": say \(choices).")
        }
        throw NodeFailure(
            .unknownContact,
            "No neighbour \"\(shown)\" has been heard of: they have to start p2pchat with "
                + "--discoverable, on the same network.")
    }
}
