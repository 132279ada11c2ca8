#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where beacons meet: a group of the local scope of IPv4 (RFC 2365, section 6.1), and one that
/// nobody registered, of IPv6's link (RFC 4291, section 2.7). No router passes either on.
enum LANGroup: CaseIterable, Sendable {
    case ipv4, ipv6

    static let port: UInt16 = 5_557

    var address: [UInt8] {
        switch self {
        case .ipv4: [239, 255, 112, 99]
        case .ipv6: [0xFF, 0x12] + zeros(10) + Array("p2pc".utf8)
        }
    }

    fileprivate var family: Int32 { self == .ipv4 ? AF_INET : AF_INET6 }

    /// Whether an interface has addresses of this kind, without which it carries nothing.
    func isSpoken(on interface: NetworkInterface) -> Bool {
        interface.isMulticast && !interface.isLoopback
            && (self == .ipv4 ? !interface.ipv4.isEmpty : !interface.ipv6.isEmpty)
    }

    /// A socket that is a member of the group on these interfaces, shared with other programs on
    /// this machine; nil with `errno` set where there can be none. The caller closes it.
    func listeningSocket(on interfaces: [NetworkInterface]) -> Int32? {
        guard let socket = UDPSocket.make(family) else { return nil }
        UDPSocket.share(socket)
        if self == .ipv6 { UDPSocket.set(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        #if os(Linux)
            // Else what other programs have joined arrives here as well (ip(7), IP_MULTICAST_ALL).
            if self == .ipv4 { UDPSocket.set(socket, Int32(IPPROTO_IP), 49, 0) }
        #endif
        guard UDPSocket.bind(socket, family, port: Self.port) else {
            close(socket)
            return nil
        }
        for interface in interfaces where isSpoken(on: interface) { join(socket, interface) }
        return socket
    }

    /// Where it fails there is no hearing anybody on that interface, and all else goes on.
    private func join(_ socket: Int32, _ interface: NetworkInterface) {
        switch self {
        case .ipv4:
            // struct ip_mreqn: group, address, index.
            var request = address + zeros(4)
            withUnsafeBytes(of: interface.index) { request += $0 }
            setsockopt(
                socket, Int32(IPPROTO_IP), IP_ADD_MEMBERSHIP, request, socklen_t(request.count))
        case .ipv6:
            // struct ipv6_mreq: group, index.
            var request = address
            withUnsafeBytes(of: interface.index) { request += $0 }
            setsockopt(
                socket, Int32(IPPROTO_IPV6), IPV6_JOIN_GROUP, request, socklen_t(request.count))
        }
    }

    /// Sends datagrams to the group over one interface, from a port of their own. True where the
    /// system took all of them.
    @discardableResult
    func send(_ datagrams: [[UInt8]], on interface: NetworkInterface) -> Bool {
        guard isSpoken(on: interface), let socket = UDPSocket.make(family) else { return false }
        defer { close(socket) }
        switch self {
        case .ipv4:
            var request = zeros(8)
            withUnsafeBytes(of: interface.index) { request += $0 }
            setsockopt(
                socket, Int32(IPPROTO_IP), IP_MULTICAST_IF, request, socklen_t(request.count))
            UDPSocket.set(socket, Int32(IPPROTO_IP), IP_MULTICAST_TTL, 1)
        case .ipv6:
            UDPSocket.set(
                socket, Int32(IPPROTO_IPV6), IPV6_MULTICAST_IF, Int32(interface.index))
            UDPSocket.set(socket, Int32(IPPROTO_IPV6), IPV6_MULTICAST_HOPS, 1)
        }
        return datagrams.allSatisfy {
            UDPSocket.send(
                $0, socket, to: address, port: Self.port, scope: interface.index)
        }
    }
}
