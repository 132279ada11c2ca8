import ChatDiscovery

extension ChatConfiguration {
    /// What finds addresses, and lets ours be found.
    var sources: [any AddressSource] { [] }
}
