import ChatCore

/// Where somebody says that they are: what a beacon seals, and what an open announcement signs.
///
///     time         8 bytes, milliseconds since 1970, the sender's clock
///     port         2 bytes; 0: asks others to say where they are, and can't be reached itself
///     IPv4         4 bytes; zero: none
///     link-local  16 bytes, IPv6; zero: none
///     IPv6        16 bytes; zero: none
///     padding      2 bytes, zero
///
/// Numbers are big-endian.
struct Announcement: Hashable, Sendable {
    static let byteCount = 48

    var time: UInt64
    var port: UInt16
    var ipv4: [UInt8]?
    var linkLocal: [UInt8]?
    var ipv6: [UInt8]?

    /// - Parameter now: seconds since 1970.
    init(at now: Double, port: UInt16, ipv4: [UInt8]?, linkLocal: [UInt8]?, ipv6: [UInt8]?) {
        time = UInt64(max(0, now) * 1_000)
        self.port = port
        self.ipv4 = ipv4
        self.linkLocal = linkLocal
        self.ipv6 = ipv6
    }

    /// What can be said of us on an interface: its own addresses, those alone that we listen at.
    ///
    /// - Parameter listening: nil where we do not listen.
    init(at now: Double, listening: PeerAddress?, on interface: NetworkInterface) {
        let listensAt = listening.map { Host($0.host) }
        func isHeard(_ bytes: [UInt8]) -> Bool { listensAt?.includes(bytes) ?? false }
        let v6 = interface.ipv6.filter(isHeard)
        self.init(
            at: now, port: 0,
            ipv4: interface.ipv4.map(\.address).first(where: isHeard),
            linkLocal: v6.first(where: Host.isLinkLocal),
            ipv6: v6.first { !Host.isLinkLocal($0) && !Host.isLoopback($0) })
        if let listening, ipv4 != nil || linkLocal != nil || ipv6 != nil {
            port = UInt16(exactly: listening.port) ?? 0
        }
    }

    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var reader = ByteReader(bytes)
        guard let time = reader.number(8), let port = reader.number(2), let v4 = reader.bytes(4),
            let linkLocal = reader.bytes(16), let v6 = reader.bytes(16)
        else { return nil }
        self.time = time
        self.port = UInt16(port)
        ipv4 = Self.present(v4)
        self.linkLocal = Self.present(linkLocal)
        ipv6 = Self.present(v6)
    }

    var bytes: [UInt8] {
        bigEndian(time) + bigEndian(port) + (ipv4 ?? zeros(4)) + (linkLocal ?? zeros(16))
            + (ipv6 ?? zeros(16)) + zeros(2)
    }

    private static func present(_ bytes: [UInt8]) -> [UInt8]? {
        bytes.contains { $0 != 0 } ? bytes : nil
    }

    /// What to dial, IPv6 first.
    ///
    /// - Parameter interface: where it was heard: an address of the link means something there.
    func addresses(heardOn interface: String) -> [PeerAddress] {
        guard port > 0 else { return [] }
        var hosts: [String] = []
        if let ipv6 { hosts.append(Host.text(ipv6)) }
        if let ipv4 { hosts.append(Host.text(ipv4)) }
        if let linkLocal, Host.isLinkLocal(linkLocal) {
            hosts.append(Host.text(linkLocal) + "%" + interface)
        }
        return hosts.map { PeerAddress(host: $0, port: Int(port)) }
    }
}
