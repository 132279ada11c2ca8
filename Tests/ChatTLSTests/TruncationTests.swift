import ChatIdentity
import ChatTLS
import ChatValues
import NIOCore
import NIOEmbedded
import Testing

/// Where ever the stream is cut, whole records before the cut are delivered, and the cut is noticed.
@Suite struct TruncationTests {
    /// Each flight of a connection whose client sends two records and says close_notify.
    private func flights() throws -> [(fromClient: Bool, bytes: ByteBuffer)] {
        let pair = try Pair()
        try pair.server.connect()
        try pair.client.connect()
        var flights: [(fromClient: Bool, bytes: ByteBuffer)] = []
        let hello = try pair.client.takeOutbound()
        flights.append((true, hello))
        try pair.server.receive(hello)
        flights.append((false, try pair.server.takeOutbound()))
        return flights
    }

    /// Offsets at and around every record boundary.
    private func cuts(_ bytes: ByteBuffer) -> [Int] {
        var offsets: Set<Int> = [0, 1, 4, 5, 6]
        var end = 0
        for record in records(in: bytes) {
            end += record.length
            offsets.formUnion([end - 1, end, end + 1, end + 4, end + 5, end + 6])
        }
        return offsets.filter { $0 < bytes.readableBytes }.sorted()
    }

    @Test func anywhereInTheClientsHello() throws {
        let hello = try flights()[0].bytes
        for cut in cuts(hello) {
            let server = try Pair().server
            try server.connect()
            try server.receive(#require(hello.getSlice(at: hello.readerIndex, length: cut)))
            server.hangUp()
            #expect(server.recorder.failures == [.closedInHandshake], "cut at \(cut)")
        }
    }

    @Test func anywhereInTheServersFlight() throws {
        let flight = try flights()[1].bytes
        for cut in cuts(flight) {
            let pair = try Pair()
            try pair.server.connect()
            try pair.client.connect()
            try pair.server.receive(pair.client.takeOutbound())
            let own = try pair.server.takeOutbound()
            let part = own.getSlice(at: own.readerIndex, length: min(cut, own.readableBytes - 1))
            try pair.client.receive(#require(part))
            pair.client.hangUp()
            #expect(pair.client.recorder.failures == [.closedInHandshake], "cut at \(cut)")
            #expect(pair.client.recorder.sessions.isEmpty)
        }
    }

    @Test func anywhereInTheClientsLastFlightAndItsData() throws {
        // The client's side is the same in every round but for its keys.
        func stream() throws -> (Endpoint, ByteBuffer) {
            let pair = try Pair()
            try pair.server.connect()
            try pair.client.connect()
            try pair.server.receive(pair.client.takeOutbound())
            try pair.client.receive(pair.server.takeOutbound())
            pair.client.send("first")
            pair.client.send("second")
            pair.client.channel.close(promise: nil)
            return (pair.server, try pair.client.takeOutbound())
        }
        let layout = records(in: try stream().1)
        for cut in cuts(try stream().1) {
            let (server, bytes) = try stream()
            try server.receive(#require(bytes.getSlice(at: bytes.readerIndex, length: cut)))
            let whole = wholeRecords(layout, before: cut)
            server.hangUp()
            // The data's records and close_notify come last.
            let handshake = layout.count - 3
            if whole < handshake {
                #expect(server.recorder.failures == [.closedInHandshake], "cut at \(cut)")
                #expect(server.recorder.text == "")
            } else {
                let texts = ["", "first", "firstsecond"]
                #expect(server.recorder.failures == [.truncated], "cut at \(cut)")
                #expect(server.recorder.text == texts[whole - handshake], "cut at \(cut)")
            }
        }
        let (server, bytes) = try stream()
        try server.receive(bytes)
        #expect(server.recorder.text == "firstsecond")
        #expect(server.recorder.errors.isEmpty)
    }

    private func wholeRecords(_ layout: [(type: UInt8, length: Int)], before cut: Int) -> Int {
        var end = 0
        return layout.prefix {
            end += $0.length
            return end <= cut
        }.count
    }
}
