public import P2PChat

/// What the command line says about how contacts find each other. It goes before the settings.
public struct DiscoveryOptions: Sendable {
    public var noBeacon = false
    public var discoverable = false
    public var noDHT = false
    public var noPortMapping = false
    public var bootstrap: [PeerAddress] = []
    public var dhtPort: Int?
    /// In plain text: the UDP port of the original program's broadcasts; 0 for none.
    public var seedPort = ChatConfiguration.Discovery.usualSeedPort

    public init() {}

    /// Whether the table is wanted, whatever else is said.
    public var asksForDHT: Bool { !bootstrap.isEmpty || dhtPort != nil }

    /// Who listens for this machine alone does not want the internet, unless told where to join.
    ///
    /// - Parameter folder: where nodes that were met are kept; nil in plain text.
    public func discovery(
        _ settings: WindowSettings, _ listening: ChatConfiguration.Listening, folder: UserFolder?
    ) -> ChatConfiguration.Discovery {
        let reachesOut = settings.internet && !listening.isLoopback
        let table = !noDHT && (asksForDHT || reachesOut)
        return ChatConfiguration.Discovery(
            beacon: settings.beacon && !noBeacon,
            discoverable: settings.discoverable || discoverable,
            dht: table
                ? ChatConfiguration.DHT(bootstrap: bootstrap, port: dhtPort ?? 0, folder: folder)
                : nil,
            portMapping: reachesOut && !noPortMapping,
            seedPort: seedPort == 0 ? nil : seedPort)
    }
}
