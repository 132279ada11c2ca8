public import ChatValues
import ChatWire
import Logging

/// What the node keeps of discovery.
struct DiscoveryState {
    var engine: (any Discovery)?
    /// The secrets that contacts share with us.
    var secrets: [Fingerprint: RendezvousSecret] = [:]
    /// Where contacts are said to be, found in this run, newest first.
    var candidates: [Fingerprint: [KnownAddress]] = [:]
    var budget = DialBudget()
    /// By contact: how often what is said of it makes us do something at once.
    var hints: [Fingerprint: TokenBucket] = [:]
    var neighbours = Neighbours()
    /// By how many seconds the clocks of contacts, heard in this run, are ahead of ours.
    var clocks: [Fingerprint: Double] = [:]
    /// The engine is to be told of what has changed, at the end of the turn.
    var isStale = false
    /// Secrets on their way to the disk, one after the other.
    var saving: Task<Void, Never>?

    mutating func forget(_ contact: Fingerprint) {
        secrets[contact] = nil
        candidates[contact] = nil
        hints[contact] = nil
        clocks[contact] = nil
    }
}

/// Addresses that nobody typed in.
extension Node {
    /// How many addresses of one contact are taken from what was found.
    static let candidateLimit = 8

    func startDiscovery(_ engine: (any Discovery)?) async {
        guard let engine, !isStopping else { return }
        discovery.engine = engine
        await engine.start(for: self)
        updateDiscovery()
    }

    func loadRendezvous() async throws(NodeFailure) {
        guard let store = rendezvousStore else { return }
        let secrets = try await stored { try await store.rendezvousSecrets() }
        discovery.secrets = secrets.filter { book[$0.key] != nil }
    }

    func stopDiscovery() async {
        await discovery.engine?.stop()
        discovery.engine = nil
        await discovery.saving?.value
    }

    /// Tells the engine, once a turn at most.
    func updateDiscovery() {
        guard discovery.engine != nil, !discovery.isStale else { return }
        discovery.isStale = true
        Task {
            discovery.isStale = false
            discovery.engine?.update(discoveryView)
        }
    }

    private var discoveryView: DiscoveryView {
        DiscoveryView(
            userName: userName, listening: listening,
            contacts: book.pins.sorted().map {
                SoughtContact(
                    fingerprint: $0, secret: discovery.secrets[$0],
                    isConnected: current[.contact($0)] != nil)
            })
    }

    // MARK: What is found

    /// A contact may be at one of these addresses.
    public func found(_ candidate: Candidate) {
        guard !isStopping, let contact = book[candidate.contact] else { return }
        let addresses = candidate.addresses.filter {
            $0.isDialable(hearsayIsLocal: candidate.isLocal)
        }
        guard !addresses.isEmpty else { return }
        let isNew = remember(addresses, candidate.origin, of: contact)
        log.debug(
            "found", metadata: ["origin": "\(candidate.origin)", "address": "\(addresses[0])"])
        if let session = session(with: .contact(contact.fingerprint)),
            !session.mayBeForOneMessage
        {
            // Where it has moved, the session that we have may be dead, and nobody has noticed.
            guard !addresses.contains(where: { $0.host == session.details.remote.host }),
                takesHint(of: contact.fingerprint, orIf: false)
            else { return }
            return session.link.probe()
        }
        guard takesHint(of: contact.fingerprint, orIf: isNew) else { return }
        reach(contact.fingerprint)
    }

    /// True where any of them was not known.
    private func remember(
        _ addresses: [PeerAddress], _ origin: AddressOrigin, of contact: Contact
    ) -> Bool {
        let before = discovery.candidates[contact.fingerprint] ?? []
        let known = Set(before.map(\.address) + contact.addresses)
        var seen: Set<PeerAddress> = []
        let all = addresses.map { KnownAddress($0, origin: origin) } + before
        discovery.candidates[contact.fingerprint] = Array(
            all.filter { seen.insert($0.address).inserted }.prefix(Self.candidateLimit))
        return !addresses.allSatisfy(known.contains)
    }

    /// What a contact, or who poses as one, says again and again is acted on a few times a minute.
    /// What is new has a larger allowance than what is repeated.
    private func takesHint(of contact: Fingerprint, orIf isNew: Bool) -> Bool {
        var bucket = discovery.hints[contact] ?? TokenBucket(capacity: 6, perSecond: 0.1)
        defer { discovery.hints[contact] = bucket }
        // The last tokens are for news: repetitions come every half a minute.
        guard isNew || bucket.holds(2, now: configuration.now()) else { return false }
        return bucket.take(now: configuration.now())
    }

    /// Addresses of this machine have come or gone: what is connected may be dead, and what was out
    /// of reach may be near.
    ///
    /// - Parameter hosts: this machine's addresses now; empty where they are not known.
    public func networkChanged(hosts: [String]) {
        guard !isStopping else { return }
        log.info("the network has changed")
        let own = Set(hosts.compactMap(NumericHost.init))
        for session in sessions.values where !session.isLeaving {
            if let local = NumericHost(session.details.localHost), !own.isEmpty,
                !own.contains(where: { $0.key == local.key })
            {
                // Nothing comes to an address that is no longer ours.
                leave(session, Bye(reason: .quit))
            } else {
                session.link.probe()
            }
        }
        for contact in book.sorted { reach(contact.fingerprint) }
    }

    /// The original program's announcement: somebody claims a name. Nobody has authenticated it.
    ///
    /// - Parameter address: the host that it came from, with the port that it named.
    public func heardPlain(name: String, at address: PeerAddress, presence: PresenceState) {
        guard !isStopping, !isSecure,
            plainPeers.announce(name: name, at: address, presence: presence)
        else { return }
        var description = describe(.plain(address))
        description.name = name
        emit(.presence(description, presence))
    }

    // MARK: Where to dial

    /// How we know of an address; nil where we do not.
    func origin(of address: PeerAddress, _ contact: Fingerprint) -> AddressOrigin? {
        if asked[contact]?.address == address { return .manual }
        let found = (discovery.candidates[contact] ?? []).first { $0.address == address }
        let known = book[contact]?.knownAddresses.first { $0.address == address }
        return known?.origin == .manual ? .manual : found?.origin ?? known?.origin
    }

    /// Whether the transport may dial there by itself now. What the user gave is the user's to
    /// answer for; of all else each machine gets a few dials a minute.
    public func mayDial(_ address: PeerAddress, expecting contact: Fingerprint) -> Bool {
        if origin(of: address, contact) == .manual { return true }
        // Only ourselves could be bothered, or at a proxy's end whoever runs it.
        if configuration.proxy == nil, NumericHost(address.host)?.kind == .loopback {
            return true
        }
        return discovery.budget.permits(address, now: configuration.now())
    }

    // MARK: The shared secret

    /// What a hello tells this contact of the secret that we share.
    public func rendezvous(with contact: Fingerprint) -> Rendezvous {
        guard rendezvousStore != nil else { return .off }
        return discovery.secrets[contact].map(Rendezvous.shared) ?? .none
    }

    /// Both hellos said that this session's secret is to be the one from now on.
    func share(_ secret: RendezvousSecret, with contact: Fingerprint) {
        guard let store = rendezvousStore, discovery.secrets[contact] != secret else { return }
        discovery.secrets[contact] = secret
        updateDiscovery()
        let before = discovery.saving
        discovery.saving = Task {
            await before?.value
            // After the contact itself, which may have been accepted a moment ago.
            await takeTurn()
            defer { endTurn() }
            guard discovery.secrets[contact] == secret else { return }
            do throws(NodeFailure) {
                try await stored { try await store.save(secret, sharedWith: contact) }
            } catch {
                emit(.failure(error))
            }
        }
    }
}
