import ChatCore
import ChatWire
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import ChatTransport

/// What an idle session holds, and what is left of one that has ended: next to nothing, and
/// nothing.
@Suite struct LifetimeTests {
    @Test func anIdleSessionHoldsNoBuffers() throws {
        let bench = try SessionBench.open()
        for _ in 0..<10 {
            try bench.node.act { $0.send(.typing(Typing(active: true))) }
            try bench.receive(#"{"type":"ping"}"# + "\n", chunk: 3)
        }
        #expect(try bench.sent().count == 20)
        #expect(bench.handler.outgoing.capacity == 0)
        #expect(bench.handler.objects.capacity == 0)
        #expect(bench.handler.ackTimer == nil)
    }

    @Test(arguments: [true, false])
    func nothingHoldsASessionThatHasEnded(encrypted: Bool) throws {
        weak var handler: SessionHandler?
        weak var floor: ConnectionFloor?
        // It outlives the session, with every timer that was not cancelled.
        var loop: EmbeddedEventLoop?
        do {
            let bench = encrypted ? try SessionBench.open() : try SessionBench(encrypted: false)
            if !encrypted {
                try bench.connect()
                try bench.receive(#"{"sender": "bob", "content": "hi", "timestamp": 1}"#)
            }
            (handler, floor, loop) = (bench.handler, bench.floor, bench.loop)
            try bench.node.act { link in
                link.probe()
                link.send(
                    .message(
                        Message(id: .random(), sender: "alice", content: "hi", timestamp: 1)))
            }
            bench.loop.run()
            try bench.node.act { $0.close(Bye()) }
            bench.loop.run()
            #expect(bench.isClosed)
            bench.node.forgetLink()
        }
        #expect(loop != nil)
        #expect(handler == nil)
        #expect(floor == nil)
    }

    @Test func nothingHoldsANodeThatHasStopped() async throws {
        weak var node: Node?
        do {
            let (alice, bob) = try await connectedPair()
            node = alice.node
            try await alice.stop()
            try await bob.stop()
            _ = try await alice.events.rest("alice")
        }
        // What is still to be released is released on the event loops.
        for _ in 0..<100 where node != nil {
            for loop in LoopbackNode.group.makeIterator() { try await loop.submit {}.get() }
        }
        #expect(node == nil)
    }
}
