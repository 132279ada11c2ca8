import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Who counts as one when connections are counted by where they come from: an IPv4 address, or
/// the 64-bit prefix of an IPv6 one, because whoever has one address of it has 2^64 of them
/// (RFC 4291, section 2.5.4).
struct SourcePrefix: Hashable, Sendable {
    private enum Family { case v4, v6, unknown }

    private let family: Family
    private let bits: UInt64

    init(_ address: SocketAddress?) {
        // Zero where the connection was gone before we could ask where it came from.
        var bytes = (UInt64(0), UInt64(0))
        switch address {
        case .v4?:
            _ = inet_pton(AF_INET, address?.ipAddress ?? "", &bytes)
            family = .v4
            bits = bytes.0.bigEndian >> 32
        case .v6?:
            _ = inet_pton(AF_INET6, address?.ipAddress ?? "", &bytes)
            let (prefix, rest) = (bytes.0.bigEndian, bytes.1.bigEndian)
            // An IPv4 peer of an IPv6 socket (RFC 4291, section 2.5.5.2).
            let isMapped = prefix == 0 && rest >> 32 == 0xFFFF
            family = isMapped ? .v4 : .v6
            bits = isMapped ? rest & 0xFFFF_FFFF : prefix
        case .unixDomainSocket?, nil:
            family = .unknown
            bits = 0
        }
    }
}
