/// What publishing and looking up asks of a distributed hash table. OpenDHT answers it; tests do in
/// memory.
///
/// Anybody can write any value under any key, and read all of them: what is found is hostile
/// input until a seal or a signature says otherwise.
package protocol DHTService: Sendable {
    /// Publishes a value of at most ``DHTLimits/value`` bytes, again and again, until
    /// ``cancelPut(_:id:)``. One value for each key and id.
    ///
    /// - Parameter done: whether at least one node took it. Called once, on any thread.
    func put(
        _ value: [UInt8], under key: DHTKey, id: UInt64, done: @escaping @Sendable (Bool) -> Void)
    /// Stops publishing. Other nodes keep the value for ten minutes at most.
    func cancelPut(_ key: DHTKey, id: UInt64)
    /// The values under a key, once: at most ``DHTLimits/values`` of them.
    func get(_ key: DHTKey) async -> [[UInt8]]
    /// Hands on the values under a key, those there are and those that come, until
    /// ``cancelListen(_:)``. A value may come more than once.
    ///
    /// - Parameter value: called on the service's thread, and not to block it.
    func listen(
        _ key: DHTKey, _ value: @escaping @Sendable ([UInt8]) -> Void
    ) -> DHTListening
    func cancelListen(_ listening: DHTListening)
    /// The network has changed.
    func connectivityChanged()
    /// Addresses, in bytes, that other nodes see this one come from.
    var publicAddresses: [[UInt8]] { get }
    var health: DHTHealth { get }
    /// Says goodbye to the network, and keeps what helps at the next start. Blocks for some seconds
    /// at most.
    func stop()
}

/// What the service knows of its network.
package struct DHTHealth: Hashable, Sendable {
    /// Nodes that answer.
    package var nodes: Int
    /// The UDP port; nil where none is open.
    package var port: Int?

    package init(nodes: Int, port: Int?) {
        self.nodes = nodes
        self.port = port
    }
}

/// What tells one ``DHTService/listen(_:_:)`` from another.
package struct DHTListening: Hashable, Sendable {
    let token: UInt64
}

package enum DHTLimits {
    /// Bytes in a value.
    package static let value = 1_024
    /// How many values of one key are looked at: anybody can add more.
    package static let values = 32
}
