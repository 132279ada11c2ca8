import ChatCore
import ChatIdentity
import ChatValues
import Logging
import Synchronization
import Testing

@testable import ChatDiscovery

@Suite("Finding contacts through the table", .timeLimit(.minutes(1)))
struct DHTSourceTests {
    private final class Clock: Sendable {
        let seconds = Mutex(Cast.noon)
        var now: Double { seconds.withLock { $0 } }
        func advance(_ by: Double) { seconds.withLock { $0 += by } }
    }

    private let table = MemoryTable()
    private let clock = Clock()

    private func source(_ own: Fingerprint) -> DHTSource {
        DHTSource(
            own: own, discoverable: nil,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { [clock] in clock.now },
            sleep: { _ in try await Task.sleep(for: .seconds(3_600)) },
            open: { [table] in MemoryTable.Service(table: table) })
    }

    private func view(
        _ contact: Fingerprint, isConnected: Bool = false, listening: String? = "198.51.100.7"
    ) -> DiscoveryView {
        DiscoveryView(
            userName: "somebody", listening: listening.map { PeerAddress(host: $0, port: 5_555) },
            contacts: [Cast.contact(contact, Cast.secret(1), isConnected: isConnected)])
    }

    private func interface(_ host: UInt8) -> [NetworkInterface] {
        var interface = NetworkInterface(name: "eth0", index: 2)
        interface.ipv4 = [.init(address: [198, 51, 100, host])]
        return [interface]
    }

    private func next(_ source: DHTSource) async -> [PeerAddress]? {
        for await case .candidate(let candidate) in source.findings { return candidate.addresses }
        return nil
    }

    @Test("what one publishes the other is told of, and of the next address as well")
    func found() async {
        let (alice, bob) = (source(Cast.alice), source(Cast.bob))
        await bob.start()
        bob.update(view(Cast.alice, listening: nil))
        await alice.start()
        alice.networkChanged(interface(7))
        alice.update(view(Cast.bob, listening: "0.0.0.0"))
        #expect(await next(bob) == [Cast.address(7)])
        clock.advance(1)
        alice.networkChanged(interface(8))
        #expect(await next(bob) == [Cast.address(8)])
        // What was said before is withdrawn.
        #expect(table.values.count == 1)
        await alice.stop()
        await bob.stop()
    }

    @Test(
        "who does not listen, or for this machine alone, or at private addresses, publishes nothing"
    )
    func nothingToSay() async {
        let alice = source(Cast.alice)
        await alice.start()
        alice.networkChanged(interface(7))
        alice.update(view(Cast.bob, listening: nil))
        #expect(table.values.isEmpty)
        alice.update(view(Cast.bob, listening: "127.0.0.1"))
        #expect(table.values.isEmpty)
        alice.update(view(Cast.bob, listening: "10.0.0.1"))
        #expect(table.values.isEmpty)
        alice.update(view(Cast.bob, listening: "0.0.0.0"))
        #expect(table.values.count == 1)
        await alice.stop()
    }

    @Test("the next day has another key, and the old one is let go")
    func days() async {
        let alice = source(Cast.alice)
        await alice.start()
        alice.networkChanged(interface(7))
        alice.update(view(Cast.bob, listening: "0.0.0.0"))
        var (published, listened) = ([table.keys], [table.listened])
        for _ in 1...4 {
            clock.advance(86_400)
            alice.look()
            published.append(table.keys)
            listened.append(table.listened)
        }
        #expect(published.allSatisfy { $0.count == 1 })
        #expect(published.reduce(into: Set()) { $0.formUnion($1) }.count == 5)
        #expect(listened.allSatisfy { $0.count == 1 || $0.count == 2 })
        await alice.stop()
    }

    @Test("who connects is not listened for any more, until the session ends")
    func connected() async {
        let alice = source(Cast.alice)
        await alice.start()
        alice.update(view(Cast.bob))
        #expect(!table.listened.isEmpty)
        alice.update(view(Cast.bob, isConnected: true))
        #expect(table.listened.isEmpty)
        alice.update(view(Cast.bob))
        #expect(!table.listened.isEmpty)
        await alice.stop()
    }

    @Test("what was refused is published again at the next look")
    func refused() async {
        let alice = source(Cast.alice)
        await alice.start()
        alice.networkChanged(interface(7))
        table.refuse(true)
        alice.update(view(Cast.bob, listening: "0.0.0.0"))
        #expect(table.values.isEmpty)
        var status = DiscoveryStatus()
        alice.report(into: &status)
        #expect(status.dht?.publishedAt == nil)
        table.refuse(false)
        alice.look()
        #expect(table.values.count == 1)
        alice.report(into: &status)
        #expect(status.dht?.publishedAt == clock.now)
        await alice.stop()
    }

    @Test("a flood of what strangers write leads to nothing, and costs so much")
    func flood() async throws {
        let (alice, bob) = (source(Cast.alice), source(Cast.bob))
        await bob.start()
        bob.update(view(Cast.alice, listening: nil))
        let key = try #require(table.listened.first)
        for number in 0..<2_000 {
            table.write(
                [UInt8](repeating: UInt8(number & 0xFF), count: MeetingPoint.valueByteCount),
                under: key)
        }
        // After a while there is room for the contact again.
        clock.advance(60)
        await alice.start()
        alice.networkChanged(interface(7))
        alice.update(view(Cast.bob, listening: "0.0.0.0"))
        #expect(await next(bob) == [Cast.address(7)])
        await alice.stop()
        await bob.stop()
    }

    @Test("a table that can't be opened is said, and nothing else fails")
    func closed() async {
        struct Broken: Error, CustomStringConvertible { let description = "no sockets" }
        let alice = DHTSource(
            own: Cast.alice, discoverable: nil,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { Cast.noon }, open: { throw Broken() })
        await alice.start()
        alice.update(view(Cast.bob))
        var status = DiscoveryStatus()
        alice.report(into: &status)
        #expect(status.dht?.problem == "no sockets")
        await alice.stop()
    }
}
