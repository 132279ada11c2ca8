import ChatCore

/// What is known of how we can be reached from afar.
struct Reachability: Hashable, Sendable {
    var listening: PeerAddress?
    var interfaces: [NetworkInterface] = []
    /// A port of the router's that leads to us.
    var mapping: PortMapping?
    /// Addresses, in bytes, that others see us come from.
    var seen: [[UInt8]] = []

    /// What to tell contacts, best first: IPv6, since no router translates it, then our own IPv4,
    /// then the router's. Where the router opened nothing its address may still be forwarded to us
    /// by hand: tried last. Empty where we do not listen, or for this machine alone.
    var endpoints: [DHTAnnouncement.Endpoint] {
        guard let listening, let port = UInt16(exactly: listening.port), port > 0 else { return [] }
        let host = Host(listening.host)
        guard !host.isLoopback else { return [] }
        var found: [DHTAnnouncement.Endpoint] = []
        func add(_ address: [UInt8], _ port: UInt16) {
            let endpoint = DHTAnnouncement.Endpoint(address: address, port: port)
            if Host.isGlobal(address), !found.contains(endpoint) { found.append(endpoint) }
        }
        let v6 = interfaces.flatMap(\.ipv6).filter { Host.isGlobal($0) && host.includes($0) }
        for address in v6.prefix(3) { add(address, port) }
        for address in interfaces.flatMap(\.ipv4).map(\.address) where host.includes(address) {
            add(address, port)
        }
        if let mapping, let external = UInt16(exactly: mapping.externalPort) {
            let addresses = mapping.externalHost.flatMap(Host.bytes).map { [$0] } ?? seen
            for address in addresses where address.count == 4 { add(address, external) }
        } else if !found.contains(where: { $0.address.count == 4 }) {
            for address in seen where address.count == 4 && host.includesIPv4 {
                add(address, port)
            }
        }
        return Array(found.prefix(DHTAnnouncement.addressLimit))
    }
}

extension Host {
    /// Whether anybody who comes over IPv4 is heard, whatever address they were told.
    fileprivate var includesIPv4: Bool {
        switch self {
        case .all, .allIPv4: true
        case .one(let own): own.count == 4
        case .unknown: false
        }
    }

    /// Whether the address means one machine everywhere: neither private (RFC 1918), shared (RFC
    /// 6598), of a link, nor of many. Of IPv6 those alone that are given out (RFC 4291, 2.5.4).
    static func isGlobal(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 4 else { return bytes.count == 16 && bytes[0] & 0xE0 == 0x20 }
        return switch (bytes[0], bytes[1]) {
        case (0, _), (10, _), (127, _), (169, 254), (192, 168), (224..., _): false
        case (172, 16...31), (100, 64...127): false
        default: true
        }
    }
}
