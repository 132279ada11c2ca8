/// A port of a router that leads to one of ours.
public struct PortMapping: Hashable, Sendable {
    public enum Method: String, Sendable {
        case igd = "UPnP-IGD"
        case natPMP = "NAT-PMP"
    }

    public let method: Method
    /// The router's address on its far side, as it says: nil where it does not. An address that is
    /// private there as well means a second router, whose port nobody has opened.
    public let externalHost: String?
    public let externalPort: Int
    /// For how long, in seconds; nil for good.
    public let lifetime: Int?

    public init(method: Method, externalHost: String?, externalPort: Int, lifetime: Int?) {
        self.method = method
        self.externalHost = externalHost
        self.externalPort = externalPort
        self.lifetime = lifetime
    }
}

/// Why there is no mapping.
public enum PortMappingFailure: Error, Hashable, Sendable {
    /// No router answered.
    case noRouter
    /// A router answered, and said no.
    case refused
    /// This machine has no network for it.
    case noNetwork
}

/// One way to ask a router.
package protocol PortMappingMethod: Sendable {
    /// Maps the port, or renews its mapping. Both ports TCP, 1 to 65535.
    ///
    /// - Parameters:
    ///   - external: the port that is wished for; the router may choose another.
    ///   - lifetime: seconds.
    func map(
        _ port: Int, to external: Int, lifetime: Int
    ) async throws(PortMappingFailure) -> PortMapping
    func withdraw(_ mapping: PortMapping, of port: Int) async
}
