public import ChatCore

extension AddressOrigin {
    /// What it says to a person, after an address.
    public var words: String {
        switch self {
        case .manual: "given by you"
        case .session: "from a session"
        case .beacon: "found by beacon"
        case .nearby: "announced nearby"
        case .dht: "found in the DHT"
        }
    }
}
