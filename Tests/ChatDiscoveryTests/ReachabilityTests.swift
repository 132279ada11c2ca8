import ChatCore
import Testing

@testable import ChatDiscovery

@Suite("Where we say that we can be reached from afar")
struct ReachabilityTests {
    private let v6: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]

    private func reachability(
        listening host: String = "::", ipv4: [[UInt8]] = [], ipv6: [[UInt8]] = []
    ) -> Reachability {
        var interface = NetworkInterface(name: "eth0", index: 2)
        interface.ipv4 = ipv4.map { .init(address: $0) }
        interface.ipv6 = ipv6
        return Reachability(
            listening: PeerAddress(host: host, port: 5_555), interfaces: [interface])
    }

    private func mapping(_ host: String?, _ port: Int) -> PortMapping {
        PortMapping(method: .natPMP, externalHost: host, externalPort: port, lifetime: 7_200)
    }

    private func texts(_ reachability: Reachability) -> [String] {
        reachability.endpoints.map { "\(Host.text($0.address)) \($0.port)" }
    }

    @Test("IPv6 first, then IPv4; what is private, of a link or of many is not said")
    func own() {
        let linkLocal: [UInt8] = [0xFE, 0x80] + [UInt8](repeating: 1, count: 14)
        let unique: [UInt8] = [0xFD, 0x80] + [UInt8](repeating: 1, count: 14)
        let place = reachability(
            ipv4: [
                [10, 0, 0, 1], [172, 20, 0, 1], [192, 168, 1, 1], [100, 100, 0, 1],
                [169, 254, 0, 1],
                [127, 0, 0, 1], [198, 51, 100, 7],
            ], ipv6: [linkLocal, unique, v6])
        #expect(texts(place) == ["2001:db8::1 5555", "198.51.100.7 5555"])
    }

    @Test("behind a router: the port that it opened, at the address that it says or others see")
    func mapped() {
        var place = reachability(ipv4: [[192, 168, 1, 2]])
        place.mapping = mapping("203.0.113.9", 40_000)
        #expect(texts(place) == ["203.0.113.9 40000"])
        place.mapping = mapping(nil, 40_000)
        #expect(texts(place).isEmpty)
        place.seen = [[203, 0, 113, 9]]
        #expect(texts(place) == ["203.0.113.9 40000"])
        // A second router behind the first has opened nothing.
        place.mapping = mapping("192.168.0.3", 40_000)
        #expect(texts(place).isEmpty)
    }

    @Test("without a mapping the address that others see, last")
    func seen() {
        var place = reachability(ipv4: [[192, 168, 1, 2]], ipv6: [v6])
        place.seen = [[203, 0, 113, 9]]
        #expect(texts(place) == ["2001:db8::1 5555", "203.0.113.9 5555"])
        place = reachability(ipv4: [[198, 51, 100, 7]])
        place.seen = [[203, 0, 113, 9]]
        #expect(texts(place) == ["198.51.100.7 5555"])
    }

    @Test("only where we listen", arguments: ["127.0.0.1", "::1", "localhost", "198.51.100.8"])
    func elsewhere(host: String) {
        #expect(texts(reachability(listening: host, ipv4: [[198, 51, 100, 7]])).isEmpty)
    }
}
