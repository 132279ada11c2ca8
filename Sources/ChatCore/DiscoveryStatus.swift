/// How discovery fares. What is nil is off.
public struct DiscoveryStatus: Hashable, Sendable {
    /// The distributed hash table.
    public struct DHT: Hashable, Sendable {
        /// Nodes of the network that answer.
        public var nodes: Int
        /// Our UDP port.
        public var port: Int?
        /// How many values are published, and how many keys looked up.
        public var published: Int
        public var lookedFor: Int
        /// When a node last took a value of ours, and when something of a contact's was last found,
        /// in seconds since 1970.
        public var publishedAt: Double?
        public var foundAt: Double?
        /// Why it can't be used.
        public var problem: String?

        public init(
            nodes: Int, port: Int?, published: Int, lookedFor: Int, publishedAt: Double?,
            foundAt: Double?, problem: String?
        ) {
            self.nodes = nodes
            self.port = port
            self.published = published
            self.lookedFor = lookedFor
            self.publishedAt = publishedAt
            self.foundAt = foundAt
            self.problem = problem
        }
    }

    /// A port of the router's.
    public struct PortMapping: Hashable, Sendable {
        /// How the router was asked, such as NAT-PMP; nil where there is no mapping.
        public var method: String?
        /// The router's own address; nil where it does not say.
        public var externalHost: String?
        public var externalPort: Int?
        /// Why there is none.
        public var problem: String?

        public init(
            method: String? = nil, externalHost: String? = nil, externalPort: Int? = nil,
            problem: String? = nil
        ) {
            self.method = method
            self.externalHost = externalHost
            self.externalPort = externalPort
            self.problem = problem
        }
    }

    public var dht: DHT?
    public var portMapping: PortMapping?

    public init(dht: DHT? = nil, portMapping: PortMapping? = nil) {
        self.dht = dht
        self.portMapping = portMapping
    }
}
