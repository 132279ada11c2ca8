import ChatDiscovery

extension ChatConfiguration {
    /// How contacts find each other without being told an address.
    public struct Discovery: Sendable {
        /// The beacon that contacts on the same network know us by.
        public var beacon: Bool
        /// Tell everybody on the network our name and fingerprint.
        public var discoverable: Bool
        /// In plain text: the UDP port of the original program's broadcasts; nil leaves them off.
        public var seedPort: Int?

        public static let usualSeedPort = SeedDiscovery.usualPort

        public init(
            beacon: Bool = true, discoverable: Bool = false, seedPort: Int? = Self.usualSeedPort
        ) {
            self.beacon = beacon
            self.discoverable = discoverable
            self.seedPort = seedPort
        }
    }

    /// What finds addresses, and lets ours be found.
    var sources: [any AddressSource] {
        switch mode {
        case .secure(let identity, _, _, _):
            guard discovery.beacon || discovery.discoverable else { return [] }
            return [
                LANBeacon(
                    own: identity.fingerprint,
                    settings: LANBeacon.Settings(
                        contacts: discovery.beacon,
                        discoverable: discovery.discoverable ? identity : nil),
                    log: log)
            ]
        case .insecure:
            return discovery.seedPort.map { [SeedDiscovery(port: $0, log: log)] } ?? []
        }
    }
}
