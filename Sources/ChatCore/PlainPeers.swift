import ChatValues

/// Who has been heard from in plain text: names and addresses, all of them mere claims.
struct PlainPeers {
    struct Entry {
        var name: String
        /// Where it listens: the host that we see, and the port that it named.
        var address: PeerAddress
        var presence: PresenceState
        fileprivate var arrival: Int
    }

    /// How many announced addresses are kept; past it the oldest goes.
    static let limit = 1_024

    /// What the other end of each open connection calls itself, by the connection's address.
    private var connected: [PeerAddress: String] = [:]
    /// Who announced themselves, by the address that they listen at.
    private var announced: [PeerAddress: Entry] = [:]
    private var arrivals = 0

    var online: [Entry] {
        announced.values.sorted { ($0.name, $0.arrival) < ($1.name, $1.arrival) }
    }

    func name(at address: PeerAddress) -> String? {
        connected[address] ?? announced[address]?.name
    }

    /// The one place where somebody of this name can be reached: where they said that they listen,
    /// or else the connection that they are at the other end of.
    ///
    /// - Throws: ``NodeFailure`` where nobody has the name, and where several have.
    func find(_ name: String) throws(NodeFailure) -> PeerAddress {
        var found = announced.values.filter { $0.name == name }.map(\.address)
        if found.isEmpty { found = connected.filter { $0.value == name }.map(\.key) }
        if let only = found.first, found.count == 1 { return only }
        let shown = SafeText.singleLine(name, limit: 100)
        guard found.isEmpty else {
            let choices = found.map(\.description).sorted().prefix(8).joined(separator: " or ")
            throw NodeFailure(
                .ambiguousContact,
                "Several here go by \"\(shown)\": give the address instead, \(choices).")
        }
        throw NodeFailure(
            .unknownContact,
            "Nobody here goes by \"\(shown)\": give the address as HOST:PORT.")
    }

    /// The other end of an open connection calls itself this.
    mutating func note(name: String, at address: PeerAddress) {
        connected[address] = name.isEmpty ? nil : name
    }

    /// The connection is closed.
    mutating func forget(_ address: PeerAddress) { connected[address] = nil }

    /// True when this changed anything.
    mutating func announce(
        name: String, at address: PeerAddress, presence: PresenceState
    ) -> Bool {
        guard presence != .offline else { return announced.removeValue(forKey: address) != nil }
        let before = announced[address]
        if before == nil, announced.count >= Self.limit,
            let oldest = announced.values.min(by: { $0.arrival < $1.arrival })
        {
            announced[oldest.address] = nil
        }
        arrivals += 1
        announced[address] = Entry(
            name: name, address: address, presence: presence, arrival: before?.arrival ?? arrivals)
        return before?.presence != presence || before?.name != name
    }
}
