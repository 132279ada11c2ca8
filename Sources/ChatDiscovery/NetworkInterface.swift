#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An interface of this machine that is up, with its addresses in network order.
public struct NetworkInterface: Hashable, Sendable {
    public struct IPv4: Hashable, Sendable {
        /// 4 bytes each.
        public var address: [UInt8]
        public var broadcast: [UInt8]?
    }

    public var name: String
    public var index: UInt32
    public var isLoopback: Bool
    /// It carries multicast.
    public var isMulticast: Bool
    public var ipv4: [IPv4] = []
    /// 16 bytes each.
    public var ipv6: [[UInt8]] = []

    public init(name: String, index: UInt32, isLoopback: Bool = false, isMulticast: Bool = true) {
        self.name = name
        self.index = index
        self.isLoopback = isLoopback
        self.isMulticast = isMulticast
    }

    /// Its addresses in numbers, without zones.
    public var hosts: [String] { (ipv4.map(\.address) + ipv6).map(Host.text) }

    /// Those that are up and have a carrier, by index. Empty where the system does not say.
    public static func current() -> [NetworkInterface] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var found: [String: NetworkInterface] = [:]
        var next = first
        while let entry = next?.pointee {
            next = entry.ifa_next
            let flags = UInt32(entry.ifa_flags)
            guard flags & Flags.upAndRunning == Flags.upAndRunning, let start = entry.ifa_name
            else { continue }
            let name = String(cString: start)
            var interface =
                found[name]
                ?? NetworkInterface(
                    name: name, index: if_nametoindex(start),
                    isLoopback: flags & Flags.loopback != 0,
                    isMulticast: flags & Flags.multicast != 0)
            switch RawAddress(entry.ifa_addr) {
            case .v4(let address)?:
                var broadcast: [UInt8]?
                if flags & Flags.broadcast != 0,
                    case .v4(let bytes)? = RawAddress(Self.broadcastAddress(entry))
                {
                    broadcast = bytes
                }
                interface.ipv4.append(IPv4(address: address, broadcast: broadcast))
            case .v6(let address)?:
                interface.ipv6.append(address)
            case nil:
                break
            }
            found[name] = interface
        }
        return found.values.filter { $0.index != 0 }.sorted { $0.index < $1.index }
    }

    private static func broadcastAddress(_ entry: ifaddrs) -> UnsafeMutablePointer<sockaddr>? {
        #if canImport(Darwin)
            entry.ifa_dstaddr
        #else
            entry.ifa_ifu.ifu_broadaddr
        #endif
    }

    /// From `net/if.h`, where Linux has an enumeration and others macros.
    private enum Flags {
        static let upAndRunning: UInt32 = 0x1 | 0x40
        static let broadcast: UInt32 = 0x2
        static let loopback: UInt32 = 0x8
        #if canImport(Darwin)
            static let multicast: UInt32 = 0x8000
        #else
            static let multicast: UInt32 = 0x1000
        #endif
    }
}

/// The address in a `sockaddr`, in network order.
private enum RawAddress {
    case v4([UInt8])
    case v6([UInt8])

    init?(_ pointer: UnsafeMutablePointer<sockaddr>?) {
        guard let pointer else { return nil }
        let bytes = UnsafeRawPointer(pointer)
        switch Int32(pointer.pointee.sa_family) {
        // After the port (RFC 3493, section 3.3: and the flow information).
        case AF_INET: self = .v4((4..<8).map { bytes.load(fromByteOffset: $0, as: UInt8.self) })
        case AF_INET6: self = .v6((8..<24).map { bytes.load(fromByteOffset: $0, as: UInt8.self) })
        default: return nil
        }
    }
}
