import P2PChat

/// What a search has found, a line for each message.
struct MatchLines: Sendable {
    private let query: String
    private let correspondents: Correspondents
    private let userName: String
    private let ids: Bool
    private let json: Bool
    private let surroundings: Surroundings
    private let style: Style
    private let columns: Int?

    init(
        query: String, _ correspondents: Correspondents, userName: String, ids: Bool, json: Bool,
        style: Style? = nil, columns: Int? = nil, _ surroundings: Surroundings
    ) {
        self.query = query
        self.correspondents = correspondents
        self.userName = SafeText.singleLine(userName, limit: 64)
        self.ids = ids
        self.json = json
        self.surroundings = surroundings
        self.style = style ?? surroundings.style
        self.columns = columns ?? surroundings.columns
    }

    /// With its LF.
    func line(for message: StoredMessage) -> [UInt8] {
        let peer = correspondents.peer(message.contact)
        guard !json else {
            return JSONEvents.line("match", at: surroundings.now()) { json in
                json.member("peer", peer)
                json.key("message")
                json.storedMessage(message)
            } + [0x0A]
        }
        return Array(text(for: message).utf8)
    }

    /// The same for people, whatever ``line(for:)`` gives.
    func text(for message: StoredMessage) -> String {
        let peer = correspondents.peer(message.contact)
        let time =
            surroundings.localTime(message.storedAt).map { "\($0.date) \($0.clock)" }
            ?? "---------- --:--"
        let name = SafeText.singleLine(peer.name, limit: 64)
        let mine = message.direction == .outgoing ? "\(userName) → " : ""
        let head = "\(time)  \(mine)\(name): "
        let tail = ids ? "  [\(message.id)]" : ""
        let excerpt = Excerpt(
            of: query, in: message.text ?? "",
            columns: columns.map { $0 - Wrapping.width(head) - tail.utf8.count - 1 })
        let text =
            style.apply(.quiet, time + "  " + mine)
            + style.name(name, of: peer) + ": " + excerpt.before
            + style.found(excerpt.match) + excerpt.after + style.apply(.quiet, tail)
        return text + "\n"
    }
}
