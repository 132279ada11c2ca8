/// What each side says first in `p2pchat/1`.
public struct Hello: Sendable, Hashable {
    /// The version of the protocol that this program speaks.
    public static let currentVersion = 1
    /// What ``rendezvous`` says where there is no secret yet.
    public static let noRendezvous = "none"

    /// What the peer calls itself: a nickname it claims, 1...``WireLimits/name`` UTF-8 bytes.
    public var username: String
    /// The port it listens on, 1...65535; nil or 0 when it does not say or does not listen.
    public var port: Int?
    /// Names of optional parts of the protocol that it knows.
    public var features: [String]
    /// Always ``currentVersion`` in a decoded hello: another one is refused.
    public var version: Int
    /// A random id of this run of the program, visible ASCII. It tells two connections that were
    /// opened at the same moment from a program that was started again.
    public var instance: String?
    /// The name of the secret that it shares with us for finding each other again, visible ASCII;
    /// ``noRendezvous`` where it has none yet, nil where it takes no part in that.
    public var rendezvous: String?
    /// The sender's clock as it says this, in seconds since 1970. A claim.
    public var timestamp: Double?

    public init(
        username: String, port: Int? = nil, features: [String] = [],
        version: Int = Hello.currentVersion, instance: String? = nil,
        rendezvous: String? = nil, timestamp: Double? = nil
    ) {
        self.username = username
        self.port = port
        self.features = features
        self.version = version
        self.instance = instance
        self.rendezvous = rendezvous
        self.timestamp = timestamp
    }
}
