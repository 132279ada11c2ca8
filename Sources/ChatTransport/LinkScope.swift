import ChatCore
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An IPv6 address of one link (RFC 4291, section 2.5.6) means nothing without the link: written
/// with the interface's name, `fe80::1%eth0` (RFC 4007, section 11).
extension SocketAddress {
    /// Of `sin6_scope_id` in a `sockaddr_in6` (RFC 3493, section 3.3), whose members Swift says belong
    /// to a module of NIO's own. After two shorts, a word and the address, on Linux and on macOS.
    private static let scopeOffset = 24

    /// The host in numbers, with the interface where it needs one.
    var scopedHost: String? {
        guard let host = ipAddress else { return nil }
        guard case .v6(let address) = self, !host.contains("%") else { return host }
        let index = withUnsafeBytes(of: address.address) {
            $0.loadUnaligned(fromByteOffset: Self.scopeOffset, as: UInt32.self)
        }
        guard index != 0 else { return host }
        var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        // Where the interface is gone by now its number will do.
        guard if_indextoname(index, &name) != nil else { return "\(host)%\(index)" }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return "\(host)%\(String(decoding: bytes, as: UTF8.self))"
    }

    /// Nil for what is no number, or names an interface that is not there.
    init?(numeric address: PeerAddress) {
        let parts = address.host.split(separator: "%", maxSplits: 1)
        guard parts.count == 2 else {
            guard let number = try? SocketAddress(ipAddress: address.host, port: address.port)
            else { return nil }
            self = number
            return
        }
        var index = if_nametoindex(String(parts[1]))
        if index == 0 { index = UInt32(parts[1]) ?? 0 }
        guard index != 0,
            case .v6(let number)? = try? SocketAddress(
                ipAddress: String(parts[0]), port: address.port)
        else { return nil }
        var scoped = number.address
        withUnsafeMutableBytes(of: &scoped) {
            $0.storeBytes(of: index, toByteOffset: Self.scopeOffset, as: UInt32.self)
        }
        self = SocketAddress(scoped)
    }
}
