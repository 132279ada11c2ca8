#if DHT
    import Synchronization
    import Testing

    @testable import ChatDiscovery

    /// A hundred real nodes on loopback.
    @Suite("A third of the table's nodes dies", .timeLimit(.minutes(5)))
    struct DHTChurnTests {
        static let count = 100
        static let values = 30

        private func network() throws -> [OpenDHTNode] {
            let nodes = try (0..<Self.count).map { _ in
                try OpenDHTNode(.init(bind4: "127.0.0.1", network: 8_101, isUnlimited: true))
            }
            // Each knows a few that came before it, as those do who join one after the other.
            for index in nodes.indices.dropFirst() {
                for other in Set([0, index - 1, index / 2]) where other != index {
                    guard let port = nodes[other].status?.port else { continue }
                    nodes[index].bootstrap(host: "127.0.0.1", port: port)
                }
            }
            return nodes
        }

        private func key(_ number: Int) throws -> DHTKey {
            try #require(DHTKey((0..<DHTKey.length).map { UInt8((number * 37 + $0 * 101) & 0xFF) }))
        }

        @Test("look-ups still succeed from every node that is left")
        func churn() async throws {
            let clock = ContinuousClock()
            let began = clock.now
            let nodes = try network()
            while nodes.contains(where: { ($0.status?.good ?? 0) < 8 }) {
                try await Task.sleep(for: .milliseconds(200))
            }
            let joined = clock.now - began
            // Those that are to stay publish: who has gone does not publish again.
            let dying = Set((0..<Self.count).filter { $0 % 3 == 1 })
            let staying = nodes.indices.filter { !dying.contains($0) }
            for number in 0..<Self.values {
                let node = nodes[staying[number * 2]]
                let isPut = await withCheckedContinuation { continuation in
                    do {
                        node.put([UInt8(number)], under: try key(number), id: 7) {
                            continuation.resume(returning: $0)
                        }
                    } catch {
                        continuation.resume(returning: false)
                    }
                }
                #expect(isPut)
            }
            for index in dying { nodes[index].stop(patience: 0) }
            let died = clock.now
            // Each value is asked for by a node that has never heard of it.
            var found = 0
            for number in 0..<Self.values {
                let node = nodes[staying[number * 2 + 1]]
                if await node.get(try key(number)).contains([UInt8(number)]) { found += 1 }
            }
            #expect(found == Self.values)
            print(
                "DHT: \(Self.count) nodes joined in \(joined); \(found) of \(Self.values) look-ups "
                    + "in \(clock.now - died) after \(dying.count) had died")
            for index in staying { nodes[index].stop(patience: 0) }
        }
    }
#endif
