/// Whether somebody is there: the seed's `user_presence`, with `away` added.
public struct UserPresence: Sendable, Hashable {
    public enum Action: String, Sendable, Hashable, CaseIterable {
        case online, away, offline
    }

    public var action: Action
    /// The name that the peer claims, at most ``WireLimits/name`` UTF-8 bytes.
    public var username: String
    /// Where it says that it listens: an address or host name, visible ASCII.
    public var ip: String?
    /// 0...65535.
    public var port: Int?

    public init(action: Action, username: String, ip: String? = nil, port: Int? = nil) {
        self.action = action
        self.username = username
        self.ip = ip
        self.port = port
    }
}

/// The seed's `presence_list`: a question without users, an answer with them.
public struct PresenceList: Sendable, Hashable {
    /// One user of the list.
    public struct Entry: Sendable, Hashable {
        /// At most ``WireLimits/name`` UTF-8 bytes; no two entries have the same.
        public var name: String
        /// An address or host name, visible ASCII.
        public var ip: String?
        /// 0...65535.
        public var port: Int?

        public init(name: String, ip: String? = nil, port: Int? = nil) {
            self.name = name
            self.ip = ip
            self.port = port
        }
    }

    /// Nil asks for the list. Otherwise the answer, in the order of the wire, at most
    /// ``WireLimits/presenceListEntries``.
    public var users: [Entry]?

    public init(users: [Entry]? = nil) {
        self.users = users
    }
}
