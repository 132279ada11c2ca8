import ChatCore
import ChatIdentity
import ChatValues

/// New sessions, each of a node of its own, a few at a time, all on one event loop.
enum Sessions {
    private static let atOnce = 8

    static func run(_ options: Options) async throws {
        let count = try options.number("count")
        let address = PeerAddress(host: "127.0.0.1", port: try options.number("port"))
        let server = BenchNode.contacts(try options.pins())
        var nodes: [BenchNode] = []
        for identity in try options.identities(count) {
            nodes.append(try await BenchNode.start(identity, contacts: server, listens: false))
        }
        let start = Clock.now()
        let processor = Clock.processor()
        let all = nodes
        try await all[0].run { _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, bench) in all.enumerated() {
                    if index >= atOnce { try await group.next() }
                    group.addTask { try await open(bench.node, address) }
                }
                try await group.waitForAll()
            }
        }
        let elapsed = Clock.now() - start
        Files.say(
            "{\"count\":\(count),\"seconds\":\(elapsed),\"per_second\":\(Double(count) / elapsed),"
                + "\"cpu_s\":\(Clock.processor() - processor)}")
    }

    private static func open(_ node: isolated Node, _ address: PeerAddress) async throws {
        try node.connect(to: address, expecting: "user0")
        for await event in node.events {
            switch event {
            case .connected:
                await node.stop()
                return
            case .refused(let refusal): throw Complaint(refusal.explanation)
            case .failure(let failure): throw Complaint("\(failure)")
            default: break
            }
        }
    }
}
