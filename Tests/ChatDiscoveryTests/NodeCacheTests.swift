import Testing

@testable import ChatDiscovery

@Suite("Nodes kept for the next start")
struct NodeCacheTests {
    private func nodes(_ count: Int) throws -> [NodeCache.Node] {
        try (0..<count).map { number in
            NodeCache.Node(
                id: try #require(DHTKey([UInt8](repeating: UInt8(number), count: 20))),
                host: number % 2 == 0 ? "198.51.100.\(number)" : "2001:db8::\(number)", port: 4_222)
        }
    }

    @Test("what is written is read again, so many at most")
    func roundTrip() throws {
        let known = try nodes(100)
        let cache = NodeCache(known)
        #expect(cache.nodes == Array(known.prefix(NodeCache.limit)))
        #expect(NodeCache(parsing: cache.bytes) == cache)
        #expect(cache.bytes.count <= NodeCache.byteLimit)
    }

    @Test(
        "a line that is none is left out",
        arguments: [
            "", "0101", "zz", "\u{0}", String(repeating: "0", count: 40) + " bootstrap.example 1",
            String(repeating: "0", count: 40) + " 198.51.100.1 0",
            String(repeating: "0", count: 40) + " 198.51.100.1 65536",
            String(repeating: "0", count: 40) + " 0.0.0.0 4222",
            String(repeating: "+", count: 40) + " 198.51.100.1 4222",
            String(repeating: "é", count: 20) + " 198.51.100.1 4222",
            String(repeating: "0", count: 40) + " 198.51.100.1 4222 more",
        ])
    func damaged(line: String) throws {
        let good = NodeCache(try nodes(2))
        let bytes = Array((line + "\n").utf8) + good.bytes
        #expect(NodeCache(parsing: bytes).nodes == good.nodes)
    }

    @Test("what is too long or no text is nothing")
    func nothing() {
        #expect(NodeCache(parsing: [0xFF, 0xFE]).nodes.isEmpty)
        #expect(
            NodeCache(parsing: [UInt8](repeating: 0x0A, count: NodeCache.byteLimit + 1)).nodes
                .isEmpty)
    }
}
