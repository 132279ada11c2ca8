import ChatCore
import ChatIdentity
import ChatTransport
import ChatValues
import Testing

/// Both dial each other at the same moment: one session stays, and nothing is lost or doubled.
@Suite struct SimultaneousDialTests {
    @Test func messagesArriveOnceAndInOrder() async throws {
        let identities = try ["alice", "bob"].map {
            try Identity.make(userName: UserName($0))
        }
        let texts = (0..<50).map { "message \($0)" }
        for round in 0..<20 {
            let alice = try await LoopbackNode.start("alice", identity: identities[0])
            let bob = try await LoopbackNode.start("bob", identity: identities[1])
            try await alice.trust(bob)
            try await bob.trust(alice)
            async let dial: Void = alice.node.connect(to: bob.address, expecting: "bob")
            async let dialBack: Void = bob.node.connect(to: alice.address, expecting: "alice")
            _ = try await (dial, dialBack)
            // Some before there is a session, some while there are two of them.
            for text in texts {
                try await alice.node.send(text, to: "bob")
                try await bob.node.send(text, to: "alice")
            }
            async let toBob = bob.messages(texts.count)
            async let toAlice = alice.messages(texts.count)
            #expect(try await toBob == texts, "round \(round)")
            #expect(try await toAlice == texts, "round \(round)")
            // The session that goes may have carried all of them and end before the other begins.
            for side in [alice, bob] {
                while await side.node.contacts().first?.session == nil {
                    try await side.connected()
                }
            }
            try await alice.stop()
            try await bob.stop()
            for events in [alice.events, bob.events] {
                let rest = try await events.rest("the events")
                #expect(!rest.contains { if case .message = $0 { true } else { false } })
            }
        }
    }
}
