import ChatCore
import ChatIdentity
import ChatValues
import Logging
import Synchronization
import Testing

@testable import ChatDiscovery

/// A network in memory: notes what is sent, and hands what comes.
private final class Ether: LANNetwork {
    private struct State {
        var sent: [(datagrams: [[UInt8]], interface: String)] = []
        var receive: (@Sendable (Datagram) -> Void)?
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    var rounds: [(datagrams: [[UInt8]], interface: String)] { state.withLock { $0.sent } }

    func listen(
        on interfaces: [NetworkInterface], _ receive: @escaping @Sendable (Datagram) -> Void
    ) {
        state.withLock { $0.receive = receive }
    }

    func send(_ datagrams: [[UInt8]], on interface: NetworkInterface) {
        let ready = state.withLock { state in
            state.sent.append((datagrams, interface.name))
            let ready = state.waiting.filter { $0.count <= state.sent.count }
            state.waiting.removeAll { $0.count <= state.sent.count }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    func close() {}

    /// Waits until so many rounds have gone out.
    func sent(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.sent.count >= count { return true }
                state.waiting.append((count, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
    }
}

/// How many more sleeps end.
private final class Left: Sendable {
    private let count: Mutex<Int>

    init(_ count: Int) {
        self.count = Mutex(count)
    }

    func isOver() -> Bool {
        count.withLock { count in
            count -= 1
            return count < 0
        }
    }
}

@Suite("The beacon goes round", .timeLimit(.minutes(2)))
struct LANBeaconTests {
    private let alice = fingerprint(1)
    private let bob = fingerprint(2)
    private let noon = 1_764_000_000.0

    /// Sleeps end by themselves for as many times as are given, and then not at all.
    private func beacon(
        _ own: Fingerprint, _ ether: Ether, listening: String?, with other: Fingerprint,
        sleeps: Int = 0, settings: LANBeacon.Settings = LANBeacon.Settings()
    ) -> LANBeacon {
        let left = Left(sleeps)
        let now = noon
        let beacon = LANBeacon(
            own: own, settings: settings, network: ether,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { now },
            sleep: { _ in
                if left.isOver() { try await Task.sleep(for: .seconds(3_600)) }
            })
        beacon.networkChanged([interface()])
        beacon.update(
            DiscoveryView(
                userName: "x", listening: listening.map { PeerAddress(host: $0, port: 5_555) },
                contacts: contacts([(other, secret(1))])))
        return beacon
    }

    private func hand(_ round: [[UInt8]], to beacon: LANBeacon, interface: UInt32 = 2) {
        for bytes in round {
            beacon.received(
                Datagram(bytes: bytes, source: [], destination: [], interface: interface))
        }
    }

    private func candidates(_ beacon: LANBeacon) async -> [Candidate] {
        await beacon.stop()
        var found: [Candidate] = []
        for await case .candidate(let candidate) in beacon.findings { found.append(candidate) }
        return found
    }

    @Test("at the start, soon again, and then for as long as it runs")
    func rounds() async {
        let ether = Ether()
        let beacon = beacon(alice, ether, listening: "::", with: bob, sleeps: 6)
        await ether.sent(7)
        #expect(ether.rounds.allSatisfy { $0.interface == "eth2" && $0.datagrams.count == 4 })
        await beacon.stop()
    }

    @Test("at once when the network changes")
    func change() async {
        let ether = Ether()
        let beacon = beacon(alice, ether, listening: "::", with: bob)
        await ether.sent(1)
        beacon.networkChanged([interface([198, 51, 100, 1], index: 3)])
        await ether.sent(2)
        #expect(ether.rounds[1].interface == "eth3")
        await beacon.stop()
    }

    @Test("and tells a contact where we are, by the interface it is heard on")
    func heard() async {
        let (one, other) = (Ether(), Ether())
        let ours = beacon(alice, one, listening: "::", with: bob)
        let theirs = beacon(bob, other, listening: "::", with: alice)
        await one.sent(1)
        hand(one.rounds[0].datagrams, to: theirs)
        // From an interface that there is not.
        hand(one.rounds[0].datagrams, to: theirs, interface: 9)
        await ours.stop()
        #expect(
            await candidates(theirs) == [
                Candidate(
                    contact: alice, addresses: [PeerAddress(host: "192.0.2.1", port: 5_555)],
                    origin: .beacon, isLocal: true)
            ])
    }

    @Test("who can't be reached asks, and is answered, but not without end")
    func asking() async {
        let (one, other) = (Ether(), Ether())
        let ours = beacon(alice, one, listening: nil, with: bob)
        let theirs = beacon(bob, other, listening: "::", with: alice)
        await one.sent(1)
        await other.sent(1)
        hand(one.rounds[0].datagrams, to: theirs)
        await other.sent(2)
        hand(other.rounds[1].datagrams, to: ours)
        #expect(await candidates(ours).map(\.contact) == [bob])
        for _ in 0..<50 { hand(one.rounds[0].datagrams, to: theirs) }
        // Every restart would have sent a round.
        #expect(await candidates(theirs).isEmpty)
        #expect(other.rounds.count <= 3)
    }

    @Test(
        "who is discoverable says so when somebody looks around, not to itself, and not each time")
    func openAnswer() async throws {
        let (one, other) = (Ether(), Ether())
        let identity = try Identity.make(userName: try UserName("alice"), keyType: .ed25519)
        let ours = beacon(
            identity.fingerprint, one, listening: "::", with: bob,
            settings: LANBeacon.Settings(discoverable: identity))
        let theirs = beacon(bob, other, listening: "::", with: fingerprint(9))
        await one.sent(1)
        await other.sent(1)
        #expect(one.rounds[0].datagrams.count == 5)
        for bytes in one.rounds[0].datagrams {
            ours.received(
                Datagram(bytes: bytes, source: [192, 0, 2, 1], destination: [], interface: 2))
        }
        #expect(one.rounds.count == 1)
        for _ in 0..<5 { hand(other.rounds[0].datagrams, to: ours) }
        #expect(one.rounds.map(\.datagrams.count) == [5, 1])
        hand(one.rounds[1].datagrams, to: theirs)
        await theirs.stop()
        var names: [String] = []
        for await case .neighbour(let neighbour) in theirs.findings { names.append(neighbour.name) }
        #expect(names == ["alice"])
        await ours.stop()
    }

    @Test("who listens for this machine alone is silent, and hears")
    func silent() async {
        let (one, other) = (Ether(), Ether())
        let ours = beacon(alice, one, listening: "127.0.0.1", with: bob, sleeps: 3)
        let theirs = beacon(bob, other, listening: "::", with: alice)
        await other.sent(1)
        hand(other.rounds[0].datagrams, to: ours)
        #expect(await candidates(ours).map(\.contact) == [bob])
        #expect(one.rounds.isEmpty)
        await theirs.stop()
    }
}
