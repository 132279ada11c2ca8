public import ChatCore
import ChatDiscovery
public import ChatIdentity

extension ChatConfiguration {
    /// How contacts find each other without being told an address.
    public struct Discovery: Sendable {
        /// The beacon that contacts on the same network know us by.
        public var beacon: Bool
        /// Tell everybody on the network our name and fingerprint.
        public var discoverable: Bool
        /// The table that finds contacts across the internet; nil leaves it off.
        public var dht: ChatConfiguration.DHT?
        /// Ask the router for a port that leads to ours.
        public var portMapping: Bool
        /// In plain text: the UDP port of the original program's broadcasts; nil leaves them off.
        public var seedPort: Int?

        public static let usualSeedPort = SeedDiscovery.usualPort

        /// Whether this program was built with what the table and the router need (the trait
        /// `DHT`). Without it they stay off.
        public static let reachesTheInternet = DHTSettings.isBuiltIn

        public init(
            beacon: Bool = true, discoverable: Bool = false, dht: ChatConfiguration.DHT? = nil,
            portMapping: Bool = false, seedPort: Int? = Self.usualSeedPort
        ) {
            self.beacon = beacon
            self.discoverable = discoverable
            self.dht = dht
            self.portMapping = portMapping
            self.seedPort = seedPort
        }
    }

    /// The distributed hash table.
    public struct DHT: Sendable {
        /// Where to join it; empty for what the Jami project runs for everybody.
        public var bootstrap: [PeerAddress]
        /// The UDP port; 0 for any free one.
        public var port: Int
        /// Where nodes that were met are kept for the next start; nil for nowhere.
        public var folder: UserFolder?

        public static let publicBootstrap = DHTSettings.publicBootstrap

        public init(bootstrap: [PeerAddress] = [], port: Int = 0, folder: UserFolder? = nil) {
            self.bootstrap = bootstrap
            self.port = port
            self.folder = folder
        }
    }

    /// What finds addresses, and lets ours be found.
    var sources: [any AddressSource] {
        // Each of them shows somebody this machine's address.
        guard proxy == nil else { return [] }
        switch mode {
        case .secure(let identity, _, _, _):
            let discoverable = discovery.discoverable ? identity : nil
            var sources: [any AddressSource] = []
            if discovery.beacon || discovery.discoverable {
                sources.append(
                    LANBeacon(
                        own: identity.fingerprint,
                        settings: LANBeacon.Settings(
                            contacts: discovery.beacon, discoverable: discoverable),
                        log: log))
            }
            let table = discovery.dht.flatMap { self.table($0, identity, discoverable) }
            if let table { sources.append(table) }
            if discovery.portMapping, let router = PortMappingSource.make(telling: table, log: log)
            {
                sources.append(router)
            }
            return sources
        case .insecure:
            return discovery.seedPort.map { [SeedDiscovery(port: $0, log: log)] } ?? []
        }
    }

    private func table(
        _ settings: DHT, _ identity: Identity, _ discoverable: Identity?
    ) -> DHTSource? {
        DHTSource.make(
            own: identity.fingerprint, discoverable: discoverable,
            settings: DHTSettings(
                bootstrap: settings.bootstrap.isEmpty
                    ? [DHTSettings.publicBootstrap] : settings.bootstrap,
                port: settings.port, folder: settings.folder),
            log: log, now: secondsSince1970)
    }
}
