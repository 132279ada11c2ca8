public import ChatCore
import ChatDiscovery
public import ChatIdentity
import ChatTLS

/// Looks at what p2pchat needs of a machine and of a user's folder, and says what is wrong. Asks the
/// p2pchat that runs for the folder, where there is one; tries things out where there is none.
public struct Doctor: Sendable {
    public struct Subject: Sendable {
        /// Nil where there is none to look at, with the reason.
        public var folder: Result<UserFolder, IdentityError>
        /// Where the chat would listen; nil for nowhere.
        public var listening: PeerAddress?
        public var beacon: Bool
        public var dht: ChatConfiguration.DHT?
        public var portMapping: Bool
        /// The SOCKS5 proxy that everything would go through.
        public var proxy: PeerAddress?

        public init(
            folder: Result<UserFolder, IdentityError>, listening: ChatConfiguration.Listening,
            beacon: Bool, dht: ChatConfiguration.DHT?, portMapping: Bool,
            proxy: PeerAddress? = nil
        ) {
            self.folder = folder
            self.listening = listening.address(
                usualPort: ChatConfiguration.securePort, isProxied: proxy != nil)
            self.beacon = beacon
            self.dht = dht
            self.portMapping = portMapping
            self.proxy = proxy
        }
    }

    /// Seconds in which a first node of the table answers.
    static let tablePatience = 15.0

    let subject: Subject
    /// Seconds since 1970.
    let now: Double
    /// Of the p2pchat that runs; nil where none does.
    let live: NodeStatus?

    public init(_ subject: Subject, now: Double, live: NodeStatus?) {
        self.subject = subject
        self.now = now
        self.live = live
    }

    /// In the order of ``Diagnosis/Area``, one or more for each.
    public func examine() async -> [Diagnosis] {
        async let multicast = multicast()
        async let dht = dht()
        async let portMapping = portMapping()
        let first =
            home() + keys() + [await throughProxy()] + [await listening()] + [addresses()]
        return await first + [multicast, dht, portMapping, clock(), tls()]
    }

    private func tls() -> Diagnosis {
        let groups = TLSLibrary.groups
        let command = "openssl version; openssl list -kem-algorithms"
        guard let best = groups.first else {
            return Diagnosis(
                .tls, .problem, "\(TLSLibrary.version) has none of the groups that we take.",
                advice: "Install OpenSSL 3.0 or later with X25519.", command: command)
        }
        let text = "\(TLSLibrary.version) agrees on keys with \(groups.joined(separator: ", "))."
        let isHybrid = best == "X25519MLKEM768"
        return Diagnosis(
            .tls, .fine, text,
            advice: isHybrid
                ? nil
                : "X25519MLKEM768, which withstands quantum computers, comes with OpenSSL 3.5.",
            command: command)
    }
}
