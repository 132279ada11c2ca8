import ChatCore
import ChatTLS
import ChatWire
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// However a connection ends, the node hears of it once, and nothing of it stays behind.
@Suite struct SessionEndTests {
    @Test func thePeerHangsUp() throws {
        let bench = try SessionBench.open()
        try bench.channel.close().wait()
        bench.loop.run()
        #expect(bench.node.closed == ["the connection ended"])
        #expect(bench.floor.connectionCount == 0)
    }

    @Test(arguments: [
        (TLSFailure.truncated, "the connection broke off"),
        (.refusedByPeer(TLSAlert(code: 48)), "your certificate is not accepted there"),
        (.peerAlert(TLSAlert(code: 80)), "the other side ended it (internal_error)"),
        (
            .protocolViolation("bad record mac"),
            "the other side broke the rules of TLS (bad record mac)"
        ),
    ])
    func tlsFails(failure: TLSFailure, reason: String) throws {
        let bench = try SessionBench.open()
        bench.channel.pipeline.fireErrorCaught(failure)
        bench.loop.run()
        #expect(bench.isClosed)
        #expect(bench.node.closed == [reason])
        #expect(bench.node.failures.isEmpty)
        #expect(bench.floor.connectionCount == 0)
    }

    @Test func theNetworkFails() throws {
        let bench = try SessionBench.open()
        bench.channel.pipeline.fireErrorCaught(IOError(errnoCode: 104, reason: "read"))
        bench.loop.run()
        #expect(bench.node.closed == ["the connection was lost"])
        #expect(bench.floor.connectionCount == 0)
    }

    /// The words of the node for each way in which a handshake fails.
    static let handshakes: [(TLSFailure, Refusal.Reason)] = [
        (.noCertificate, .noCertificate), (.clientCertificateNotRequested, .notAsked),
        (.refusedByPeer(TLSAlert(code: 48)), .refusedByPeer),
        (.noCommonProtocol, .protocolMismatch), (.protocolVersion, .protocolMismatch),
        (.notTLS, .notTLS), (.closedInHandshake, .closed),
        (.peerAlert(TLSAlert(code: 80)), .handshakeFailed),
        (.protocolViolation("x"), .handshakeFailed), (.library("x"), .handshakeFailed),
    ]

    @Test(arguments: handshakes)
    func theHandshakeFails(failure: TLSFailure, reason: Refusal.Reason) throws {
        let dial = Dial(PeerAddress(host: "192.0.2.1", port: 5_555), expected: nil)
        let bench = try SessionBench(dial: dial)
        try bench.connect()
        bench.channel.pipeline.fireErrorCaught(failure)
        bench.loop.run()
        #expect(bench.isClosed)
        #expect(bench.node.failures.map(\.reason) == [reason])
        #expect(bench.failedDials.count == 1)
        #expect(bench.node.closed.isEmpty)
        #expect(bench.floor.connectionCount == 0)
    }

    @Test func aCertificateThatIsRefusedIsNamed() throws {
        let presented = try SessionBench.presented()
        for failure in [
            TLSFailure.unpinned(presented), .wrongKeyType(presented), .keyNotProven(presented),
        ] {
            let bench = try SessionBench()
            try bench.connect()
            bench.channel.pipeline.fireErrorCaught(failure)
            bench.loop.run()
            let attempt = try #require(bench.node.failures.first)
            #expect(attempt.fingerprint == presented.fingerprint)
            #expect(attempt.certificateName == "bob")
            #expect(attempt.direction == .inbound)
            #expect(attempt.address == PeerAddress(host: "192.0.2.1", port: 50_000))
        }
    }

    @Test func aConnectionThatWasNeverActiveLeavesNothing() throws {
        let bench = try SessionBench()
        try bench.channel.pipeline.syncOperations.addHandler(bench.handler)
        #expect(bench.floor.connectionCount == 1)
        bench.handler.handlerRemoved(
            context: try bench.channel.pipeline.syncOperations.context(handler: bench.handler))
        #expect(bench.floor.connectionCount == 0)
        bench.pass(.minutes(5))
        #expect(bench.node.failures.isEmpty)
    }

    @Test func theFloorStopsAndWaitsForGoodbyes() throws {
        let bench = try SessionBench.open()
        let stopped = bench.floor.stop()
        var isStopped = false
        stopped.assumeIsolated().whenComplete { _ in isStopped = true }
        #expect(!isStopped)
        bench.loop.run()
        #expect(try bench.sent() == [.bye(Bye(reason: .quit))])
        #expect(isStopped)
        #expect(bench.node.closed == ["closed"])
    }

    @Test func theFloorEndsWhatIsNoSessionAtOnce() throws {
        let bench = try SessionBench()
        try bench.connect()
        try bench.shakeHands()
        var isStopped = false
        bench.floor.stop().assumeIsolated().whenComplete { _ in isStopped = true }
        #expect(isStopped)
        #expect(bench.isClosed)
        // The user ends the program and is told of no failure.
        #expect(bench.node.failures.isEmpty)
    }

    @Test func twoWhoStopWaitForTheSame() throws {
        let bench = try SessionBench.open()
        var stopped = 0
        for _ in 0..<2 { bench.floor.stop().assumeIsolated().whenComplete { _ in stopped += 1 } }
        #expect(stopped == 0)
        bench.loop.run()
        #expect(stopped == 2)
        #expect(bench.node.closed.count == 1)
    }
}
