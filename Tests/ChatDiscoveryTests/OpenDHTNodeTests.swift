#if DHT
    import Synchronization
    import Testing

    @testable import ChatDiscovery

    /// Real nodes on loopback, in a network of their own.
    struct OpenDHTNodeTests {
        static func node() throws -> OpenDHTNode {
            try OpenDHTNode(
                .init(bind4: "127.0.0.1", network: 4_217, isUnlimited: true))
        }

        static func pair() throws -> (OpenDHTNode, OpenDHTNode) {
            let (first, second) = (try node(), try node())
            second.bootstrap(host: "127.0.0.1", port: try #require(first.status?.port))
            return (first, second)
        }

        static func key(_ byte: UInt8) throws -> DHTKey {
            try #require(DHTKey(Array(repeating: byte, count: DHTKey.length)))
        }

        @Test(.timeLimit(.minutes(1)))
        func whatOneNodePublishesAnotherFinds() async throws {
            let (first, second) = try Self.pair()
            let key = try Self.key(1)
            let published = await withCheckedContinuation { continuation in
                second.put(Array("hello".utf8), under: key, id: 1) {
                    continuation.resume(returning: $0)
                }
            }
            #expect(published)
            #expect(await first.get(key) == [Array("hello".utf8)])
            first.stop(patience: 100)
            second.stop(patience: 100)
        }

        @Test(.timeLimit(.minutes(1)))
        func whoListensIsToldOfWhatComes() async throws {
            let (first, second) = try Self.pair()
            let key = try Self.key(2)
            let (values, found) = AsyncStream<[UInt8]>.makeStream()
            let listening = first.listen(key) { found.yield($0) }
            second.put([1, 2, 3], under: key, id: 9) { _ in }
            var iterator = values.makeAsyncIterator()
            #expect(await iterator.next() == [1, 2, 3])
            first.cancelListen(listening)
            first.stop(patience: 100)
            second.stop(patience: 100)
        }

        @Test(.timeLimit(.minutes(1)))
        func aFloodOfValuesIsCutShort() async throws {
            let (first, second) = try Self.pair()
            let key = try Self.key(3)
            for id in 1...UInt64(DHTLimits.values + 8) {
                await withCheckedContinuation { continuation in
                    second.put([UInt8(id)], under: key, id: id) { _ in continuation.resume() }
                }
            }
            #expect(await first.get(key).count == DHTLimits.values)
            first.stop(patience: 100)
            second.stop(patience: 100)
        }

        @Test(.timeLimit(.minutes(1)))
        func afterTheEndNothingIsAnsweredAndNothingWaits() async throws {
            let node = try Self.node()
            node.stop(patience: 0)
            node.stop(patience: 0)
            #expect(node.status == nil)
            #expect(await node.get(try Self.key(4)).isEmpty)
            let key = try Self.key(4)
            let published = await withCheckedContinuation { continuation in
                node.put([1], under: key, id: 1) { continuation.resume(returning: $0) }
            }
            #expect(!published)
        }

        @Test(.timeLimit(.minutes(1)))
        func aPortThatIsTakenIsAnError() throws {
            let node = try Self.node()
            let port = try #require(node.status?.port)
            #expect(throws: OpenDHTNode.Failure.self) {
                try OpenDHTNode(.init(port: port, bind4: "127.0.0.1", network: 4_217))
            }
            node.stop(patience: 0)
        }

        @Test(.timeLimit(.minutes(1)))
        func peersOfOneRunJoinTheNext() async throws {
            let (first, second) = try Self.pair()
            let key = try Self.key(5)
            // A look-up ends once the other node has answered or is given up.
            _ = await second.get(key)
            let known = second.peers()
            second.stop(patience: 100)
            #expect(known.map(\.port).contains(try #require(first.status?.port)))
            let third = try Self.node()
            for peer in known { #expect(third.insert(peer)) }
            #expect(
                !third.insert(.init(id: key, host: "not.an.address.example", port: 1)))
            first.stop(patience: 100)
            third.stop(patience: 100)
        }
    }
#endif
