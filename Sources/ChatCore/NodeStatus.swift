/// How the node fares.
public struct NodeStatus: Hashable, Sendable {
    /// Where it listens; nil where nobody can reach it.
    public var listening: PeerAddress?
    /// Contacts with whom there is a session.
    public var connected: Int
    public var discovery: DiscoveryStatus

    public init(listening: PeerAddress?, connected: Int, discovery: DiscoveryStatus) {
        self.listening = listening
        self.connected = connected
        self.discovery = discovery
    }
}

extension Node {
    public func status() async -> NodeStatus {
        let status = await discovery.engine?.status() ?? DiscoveryStatus()
        return NodeStatus(
            listening: listening, connected: current.count, discovery: status)
    }
}
