/// Who has been heard from in plain text: names and addresses, all of them mere claims.
struct PlainPeers {
    struct Entry {
        var name: String
        /// Where it listens, as far as it said so; otherwise where it spoke from.
        var address: PeerAddress
        var presence: PresenceState
    }

    static let limit = 1_024

    /// By the address that a session came from or went to.
    private var names: [PeerAddress: String] = [:]
    /// By claimed name: who announced themselves.
    private var announced: [String: Entry] = [:]

    func name(at address: PeerAddress) -> String? { names[address] }

    /// Where to reach who goes by this name; nil when nobody, or when only an open connection
    /// tells.
    func address(named name: String) -> PeerAddress? { announced[name]?.address }

    var online: [Entry] {
        announced.values.filter { $0.presence != .offline }.sorted { $0.name < $1.name }
    }

    func presence(at address: PeerAddress) -> PresenceState? {
        names[address].flatMap { announced[$0]?.presence }
    }

    mutating func note(name: String, at address: PeerAddress) {
        guard names.count < Self.limit || names[address] != nil else { return }
        names[address] = name
    }

    mutating func forget(_ address: PeerAddress) { names[address] = nil }

    /// True when this changed anything.
    mutating func announce(
        name: String, at address: PeerAddress, presence: PresenceState
    ) -> Bool {
        let before = announced[name]
        guard before != nil || announced.count < Self.limit else { return false }
        announced[name] = Entry(name: name, address: address, presence: presence)
        note(name: name, at: address)
        return before?.presence != presence || before?.address != address
    }
}
