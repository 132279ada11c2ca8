/// How the node fares.
public struct NodeStatus: Hashable, Sendable {
    /// Where it listens; nil where nobody can reach it.
    public var listening: PeerAddress?
    /// Contacts with whom there is a session.
    public var connected: Int
    /// The SOCKS5 proxy that everything goes through; nil where there is none.
    public var proxy: PeerAddress?
    /// Nil before a contact's clock was heard of.
    public var clock: ClockComparison?
    public var discovery: DiscoveryStatus

    public init(
        listening: PeerAddress?, connected: Int, proxy: PeerAddress? = nil,
        clock: ClockComparison? = nil, discovery: DiscoveryStatus
    ) {
        self.listening = listening
        self.connected = connected
        self.proxy = proxy
        self.clock = clock
        self.discovery = discovery
    }
}

extension Node {
    public func status() async -> NodeStatus {
        let status = await discovery.engine?.status() ?? DiscoveryStatus()
        return NodeStatus(
            listening: listening, connected: current.count, proxy: configuration.proxy,
            clock: ClockComparison(discovery.clocks.values), discovery: status)
    }
}
