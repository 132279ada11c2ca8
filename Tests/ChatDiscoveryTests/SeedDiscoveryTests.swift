import ChatCore
import ChatValues
import Synchronization
import Testing

@testable import ChatDiscovery

private final class Wire: BroadcastNetwork {
    struct Sent: Equatable {
        let text: String
        let to: [UInt8]
    }
    private let log = Mutex<[Sent]>([])
    private let ears = Mutex(0)
    var sent: [Sent] { log.withLock { $0 } }
    var isHeard: Bool { ears.withLock { $0 > 0 } }
    func listen(_ receive: @escaping @Sendable (Datagram) -> Void) { ears.withLock { $0 += 1 } }
    func send(_ bytes: [UInt8], to address: [UInt8]) {
        log.withLock { $0.append(Sent(text: String(decoding: bytes, as: UTF8.self), to: address)) }
    }
    func close() {}
}

@Suite("The original program's discovery")
struct SeedDiscoveryTests {
    private func discovery(_ wire: Wire, listening: String = "0.0.0.0") -> SeedDiscovery {
        let discovery = SeedDiscovery(network: wire, now: { 1_764_000_000.25 }) { _ in
            throw CancellationError()
        }
        discovery.networkChanged([interface([192, 0, 2, 7])])
        discovery.update(
            DiscoveryView(
                userName: "alice", listening: PeerAddress(host: listening, port: 5_556),
                contacts: []))
        return discovery
    }

    private func datagram(_ text: String, from source: [UInt8] = [192, 0, 2, 9]) -> Datagram {
        Datagram(bytes: Array(text.utf8), source: source, destination: [], interface: 2)
    }

    private func findings(_ discovery: SeedDiscovery) async -> [String] {
        await discovery.stop()
        var told: [String] = []
        for await case .plain(let name, let address, let presence) in discovery.findings {
            told.append("\(name) \(address) \(presence)")
        }
        return told
    }

    @Test(
        "our announcement is what the original program sends, to the network's own broadcast address"
    )
    func announcing() {
        let wire = Wire()
        discovery(wire).announce()
        #expect(wire.isHeard)
        #expect(
            wire.sent.last
                == Wire.Sent(
                    text: #"{"type": "presence", "username": "alice", "host": "192.0.2.7", "#
                        + #""port": 5556, "timestamp": 1764000000.25}"#,
                    to: [192, 0, 2, 255]))
    }

    @Test("who listens for this machine alone neither announces nor looks around")
    func alone() {
        let wire = Wire()
        discovery(wire, listening: "127.0.0.1").announce()
        #expect(!wire.isHeard)
        #expect(wire.sent.isEmpty)
    }

    @Test("somebody is where the datagram came from, whatever host it names")
    func hearing() async {
        let discovery = discovery(Wire())
        discovery.received(
            datagram(
                #"{"type": "presence", "username": "carol", "host": "203.0.113.1", "port": 5000, "timestamp": 1.5}"#
            ))
        #expect(await findings(discovery) == ["carol 192.0.2.9:5000 online"])
    }

    @Test(
        "what is no announcement is nothing",
        arguments: [
            "", "[]", "{", #"{"type": "presence"}"#,
            #"{"type": "presence", "username": "", "port": 1}"#,
            #"{"type": "presence", "username": "x", "port": 0}"#,
            #"{"type": "presence", "username": "x", "port": 65536}"#,
            #"{"type": "presence", "username": 7, "port": 1}"#,
            #"{"type": "user_presence", "username": "x", "port": 1}"#,
            "\u{FEFF}" + #"{"type": "presence", "username": "x", "port": 1}"#,
        ])
    func nonsense(text: String) async {
        let discovery = discovery(Wire())
        discovery.received(datagram(text))
        #expect(await findings(discovery).isEmpty)
    }

    @Test("our own announcement, which comes back, is not somebody")
    func ourselves() async {
        let discovery = discovery(Wire())
        let own = #"{"type": "presence", "username": "alice", "port": 5556}"#
        discovery.received(datagram(own, from: [192, 0, 2, 7]))
        #expect(await findings(discovery).isEmpty)
    }

    @Test("a flood of names is cut off")
    func flood() async {
        let discovery = discovery(Wire())
        for port in 1...1_000 {
            discovery.received(
                datagram(#"{"type": "presence", "username": "x\#(port)", "port": \#(port)}"#))
        }
        #expect(await findings(discovery).count == 64)
    }
}
