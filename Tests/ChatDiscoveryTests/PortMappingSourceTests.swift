import ChatCore
import Logging
import Synchronization
import Testing

@testable import ChatDiscovery

@Suite("The router's port follows the port that we listen at", .timeLimit(.minutes(1)))
struct PortMappingSourceTests {
    private final class Router: PortMappingMethod {
        enum Asked: Equatable { case map(Int), withdraw(Int) }
        let asked: AsyncStream<Asked>
        private let told: AsyncStream<Asked>.Continuation
        private let gate: AsyncStream<Void>?

        /// With a gate nothing is answered until that has ended.
        init(gate: AsyncStream<Void>? = nil) {
            (asked, told) = AsyncStream.makeStream()
            self.gate = gate
        }

        func map(
            _ port: Int, to external: Int, lifetime: Int
        ) async throws(PortMappingFailure) -> PortMapping {
            told.yield(.map(port))
            if let gate {
                // In a task of its own: a library that blocks does not know of cancellation.
                await Task { for await _ in gate {} }.value
            }
            return PortMapping(
                method: .igd, externalHost: "203.0.113.9", externalPort: external,
                lifetime: lifetime)
        }

        func withdraw(_ mapping: PortMapping, of port: Int) async { told.yield(.withdraw(port)) }
    }

    private func source(
        _ router: Router, changed: @escaping @Sendable (PortMapping?) -> Void = { _ in }
    ) -> PortMappingSource {
        PortMappingSource(
            methods: [router], log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            changed: changed)
    }

    private func view(_ host: String?, _ port: Int = 5_555) -> DiscoveryView {
        DiscoveryView(
            userName: "alice", listening: host.map { PeerAddress(host: $0, port: port) },
            contacts: [])
    }

    @Test("it is asked for, told on, asked for anew when the network changes, and withdrawn")
    func follows() async {
        let router = Router()
        let (mappings, told) = AsyncStream<PortMapping?>.makeStream()
        let source = source(router) { told.yield($0) }
        var (asked, mapped) = (router.asked.makeAsyncIterator(), mappings.makeAsyncIterator())
        source.update(view("0.0.0.0"))
        #expect(await asked.next() == .map(5_555))
        #expect(await mapped.next()??.externalPort == 5_555)
        var status = DiscoveryStatus()
        source.report(into: &status)
        #expect(status.portMapping?.method == "UPnP-IGD")
        // Rung until it sleeps: the mapping is told just before.
        let ringing = Task {
            while !Task.isCancelled {
                source.networkChanged([])
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
        #expect(await asked.next() == .map(5_555))
        ringing.cancel()
        await ringing.value
        await source.stop()
        var last = await asked.next()
        while last == .map(5_555) { last = await asked.next() }
        #expect(last == .withdraw(5_555))
    }

    @Test(
        "who listens nowhere, for this machine alone, or for IPv6 alone needs none",
        arguments: [nil, "127.0.0.1", "::1", "2001:db8::1", "localhost"])
    func needless(host: String?) async {
        let source = source(Router())
        source.update(view(host))
        var status = DiscoveryStatus()
        source.report(into: &status)
        #expect(status.portMapping?.problem != nil)
        await source.stop()
    }

    @Test("a router that says nothing does not hold the end")
    func silent() async {
        let (gate, opened) = AsyncStream<Void>.makeStream()
        let router = Router(gate: gate)
        let source = source(router)
        source.update(view("0.0.0.0"))
        var asked = router.asked.makeAsyncIterator()
        #expect(await asked.next() == .map(5_555))
        await source.stop()
        opened.finish()
        #expect(await asked.next() == .withdraw(5_555))
    }
}
