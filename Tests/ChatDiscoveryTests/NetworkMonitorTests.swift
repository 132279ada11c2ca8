import Synchronization
import Testing

@testable import ChatDiscovery

@Suite("Changes of the network are noticed")
struct NetworkMonitorTests {
    @Test("a change is told once, with what there is now")
    func change() async throws {
        let before = NetworkInterface(name: "eth0", index: 2)
        var after = before
        after.ipv4 = [NetworkInterface.IPv4(address: [192, 0, 2, 1], broadcast: nil)]
        let present = Mutex([before])
        let monitor = NetworkMonitor(looking: { present.withLock { $0 } }) { _ in
            throw CancellationError()
        }
        monitor.start()
        monitor.compare()
        present.withLock { $0 = [after] }
        monitor.compare()
        monitor.compare()
        monitor.stop()
        var told: [[NetworkInterface]] = []
        for await interfaces in monitor.changes { told.append(interfaces) }
        #expect(told == [[after]])
    }

    @Test("this machine has a loopback interface with the address that all have")
    func loopback() {
        let loopback = NetworkInterface.current().first(where: \.isLoopback)
        #expect(loopback?.ipv4.map(\.address).contains([127, 0, 0, 1]) == true)
        #expect(loopback?.index != 0)
    }
}
