#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A numeric host, and what kind of place it names. What others say of addresses is judged by this
/// before anything is dialled.
struct NumericHost: Hashable {
    enum Kind {
        /// One machine, as far as anybody can tell.
        case unicast
        /// This machine (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3).
        case loopback
        /// Means something on one link alone (RFC 3927; RFC 4291, section 2.5.6).
        case linkLocal
        /// Nobody or many: unspecified, multicast, broadcast, reserved.
        case unusable
    }

    /// 4 or 16 bytes, in network order. An IPv4 address in IPv6 clothes stands as IPv4.
    private let bytes: [UInt8]
    let hasZone: Bool

    /// Nil for a name.
    init?(_ host: String) {
        var v4 = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, host, &v4) == 1 {
            bytes = v4
            hasZone = false
            return
        }
        let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        var v6 = [UInt8](repeating: 0, count: 16)
        guard let digits = parts.first, inet_pton(AF_INET6, String(digits), &v6) == 1 else {
            return nil
        }
        hasZone = parts.count > 1
        // RFC 4291, section 2.5.5.2.
        let isMapped = v6[..<10].allSatisfy { $0 == 0 } && v6[10] == 0xFF && v6[11] == 0xFF
        bytes = isMapped ? Array(v6[12...]) : v6
    }

    var kind: Kind {
        if bytes.count == 4 {
            switch (bytes[0], bytes[1]) {
            case (0, _), (224..., _): return .unusable
            case (127, _): return .loopback
            case (169, 254): return .linkLocal
            default: return .unicast
            }
        }
        switch (bytes[0], bytes[1]) {
        case (0xFF, _): return .unusable
        case (0xFE, 0x80...0xBF): return .linkLocal
        case (0, 0) where bytes[2..<15].allSatisfy { $0 == 0 } && bytes[15] == 1: return .loopback
        // The unspecified address, IPv4-compatible ones, and the rest of what was never given out
        // (RFC 4291, sections 2.4 and 2.5.5.1), but for the translation prefixes 64:ff9b::/32.
        case (0, let second) where second != 0x64: return .unusable
        default: return .unicast
        }
    }

    /// Of a network that others have as well, under the same numbers (RFC 1918; RFC 6598; RFC 4193).
    var isPrivate: Bool {
        guard bytes.count == 4 else { return bytes[0] & 0xFE == 0xFC }
        return switch (bytes[0], bytes[1]) {
        case (10, _), (192, 168), (172, 16...31), (100, 64...127): true
        default: false
        }
    }

    /// The same for all ways to write one address.
    var key: String { bytes.map { String($0, radix: 16) }.joined(separator: ".") }

    /// An IPv6 address of one link says nothing without the link.
    var needsZone: Bool { bytes.count == 16 && kind == .linkLocal && !hasZone }
}

extension PeerAddress {
    /// Whether the host is a number, so that nobody needs to look it up.
    public var isNumeric: Bool { NumericHost(host) != nil }

    /// Whether nobody but this machine's own programs can come there.
    public var isLoopback: Bool {
        host == "localhost" || NumericHost(host)?.kind == .loopback
    }

    /// Whether this may be dialled because others say so. Names are not looked up for others, and
    /// nobody makes us talk to a crowd, or to ourselves.
    ///
    /// - Parameter isLocal: it was heard on a network that this machine is on.
    func isDialable(hearsayIsLocal isLocal: Bool) -> Bool {
        guard (1...65_535).contains(port), let host = NumericHost(host) else { return false }
        return switch host.kind {
        case .unicast: !host.hasZone
        case .loopback: isLocal
        case .linkLocal: isLocal && !host.needsZone
        case .unusable: false
        }
    }
}
