import ChatCore

/// Where somebody says that they can be reached from afar. Always as long, whatever is in it.
///
///     time        8 bytes, milliseconds since 1970, the sender's clock
///     addresses   6 times: address (16 bytes, IPv4 in IPv6 clothes, RFC 4291, 2.5.5.2) and port
///                 (2 bytes); zero: none
///     padding    12 bytes, zero
///
/// Numbers are big-endian.
struct DHTAnnouncement: Hashable, Sendable {
    static let byteCount = 128
    static let addressLimit = 6
    private static let mapped = zeros(10) + [0xFF, 0xFF]

    struct Endpoint: Hashable, Sendable {
        /// 4 or 16 bytes.
        var address: [UInt8]
        var port: UInt16
    }

    var time: UInt64
    /// Best first.
    var endpoints: [Endpoint]

    /// - Parameter now: seconds since 1970.
    init(at now: Double, _ endpoints: [Endpoint]) {
        time = UInt64(max(0, now) * 1_000)
        self.endpoints = Array(endpoints.prefix(Self.addressLimit))
    }

    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var reader = ByteReader(bytes)
        guard let time = reader.number(8) else { return nil }
        self.time = time
        endpoints = []
        for _ in 0..<Self.addressLimit {
            guard let address = reader.bytes(16), let port = reader.number(2) else { return nil }
            guard port > 0 else { continue }
            endpoints.append(
                Endpoint(
                    address: address.starts(with: Self.mapped) ? Array(address[12...]) : address,
                    port: UInt16(port)))
        }
    }

    var bytes: [UInt8] {
        var bytes = bigEndian(time)
        for endpoint in endpoints {
            bytes += endpoint.address.count == 4 ? Self.mapped + endpoint.address : endpoint.address
            bytes += bigEndian(endpoint.port)
        }
        return bytes + zeros(Self.byteCount - bytes.count)
    }

    var addresses: [PeerAddress] {
        endpoints.map { PeerAddress(host: Host.text($0.address), port: Int($0.port)) }
    }

    /// Seconds since 1970, the sender's clock.
    var seconds: Double { Double(time) / 1_000 }
}
