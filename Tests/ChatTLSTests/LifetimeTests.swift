import ChatIdentity
import ChatValues
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTLS

/// Everything that a connection holds is gone when its channel is.
@Suite struct LifetimeTests {
    enum Ending: CaseIterable {
        case closed, closedInHandshake, refused, truncated, neverAnswered, neverConnected
    }

    @Test(arguments: Ending.allCases)
    func nothingIsLeftBehind(ending: Ending) throws {
        weak var handler: TLSHandler?
        weak var connection: TLSConnection?
        weak var wire: ByteBufferBIO?
        weak var context: TLSContext?
        try run(ending) { pair in
            let found = try pair.server.channel.pipeline.syncOperations.handler(
                type: TLSHandler.self)
            handler = found
            if case .active(let current) = found.state { connection = current }
            if case .handshaking(let current) = found.state { connection = current }
            wire = connection?.wire
            context = pair.serverContext
            #expect(ending == .neverConnected || connection != nil)
        }
        #expect(handler == nil)
        #expect(connection == nil)
        #expect(wire == nil)
        #expect(context == nil)
    }

    private struct Held {
        let client: Endpoint
        let server: Endpoint
        let serverContext: TLSContext
    }

    private func run(_ ending: Ending, note: (Held) throws -> Void) throws {
        let alice = try Identity.make(userName: UserName("alice"))
        let serverContext = try TLSContext(identity: Identity.make(userName: UserName("bob")))
        let client = try Endpoint(.client, alice) { _ in true }
        let server = try Endpoint(.server, serverContext) { _ in ending != .refused }
        let pair = Pair(client, server)
        let held = Held(client: client, server: server, serverContext: serverContext)
        switch ending {
        case .neverConnected:
            server.send("never sent")
            try note(held)
            server.channel.close(promise: nil)
        case .closedInHandshake:
            try server.connect()
            try client.connect()
            try server.receive(client.takeOutbound())
            try note(held)
            try server.channel.close().now()
        case .refused:
            try server.connect()
            try client.connect()
            try server.receive(client.takeOutbound())
            try note(held)
            try pair.shuttle()
        case .closed, .truncated, .neverAnswered:
            try pair.connect()
            client.send("text")
            try pair.shuttle()
            try note(held)
            if ending == .truncated {
                server.hangUp()
            } else {
                server.channel.close(promise: nil)
                if ending == .closed { try pair.shuttle() }
            }
        }
        client.channel.close(promise: nil)
        for side in [client, server] {
            side.channel.embeddedEventLoop.advanceTime(by: .seconds(2))
            #expect(ending == .truncated || !side.channel.isActive)
        }
        // An embedded channel that was hung up on is not closed by that.
        if ending == .truncated { server.channel.close(promise: nil) }
        server.channel.embeddedEventLoop.run()
    }

    @Test func anIdleConnectionHoldsNoBuffers() throws {
        let pair = try Pair()
        try pair.connect()
        pair.client.channel.writeAndFlush(pattern(1 << 20), promise: nil)
        try pair.shuttle()
        for side in [pair.client, pair.server] {
            let handler = try side.channel.pipeline.syncOperations.handler(type: TLSHandler.self)
            guard case .active(let connection) = handler.state else {
                Issue.record("not active")
                return
            }
            #expect(connection.wire.heldByteCount == 0)
        }
    }
}
