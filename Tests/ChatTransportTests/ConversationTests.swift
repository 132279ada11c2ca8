import ChatCore
import ChatIdentity
import ChatValues
import ChatWire
import Testing

/// Two nodes over real sockets.
@Suite struct ConversationTests {
    @Test(arguments: KeyType.allCases)
    func messagesArriveInOrderAndAreConfirmed(keyType: KeyType) async throws {
        let alice = try await LoopbackNode.start("alice")
        let bob = try await LoopbackNode.start("bob", keyType: keyType)
        try await alice.trust(bob)
        try await bob.trust(alice)
        try await alice.node.connect(to: bob.address, expecting: "bob")
        for number in 0..<1_000 {
            try await alice.node.send("to bob \(number)", to: "bob")
            try await bob.node.send("to alice \(number)", to: "alice")
        }
        async let heardByBob = bob.messages(1_000)
        async let heardByAlice = alice.messages(1_000)
        #expect(try await heardByBob == (0..<1_000).map { "to bob \($0)" })
        #expect(try await heardByAlice == (0..<1_000).map { "to alice \($0)" })
        try await alice.stop()
        try await bob.stop()
    }

    @Test func anUnknownCertificateIsARequestAndGetsInOnceAccepted() async throws {
        let alice = try await LoopbackNode.start("alice")
        let bob = try await LoopbackNode.start("bob")
        try await alice.trust(bob)
        try await alice.node.send("let me in", to: "bob")
        try await alice.node.connect(to: bob.address, expecting: "bob")
        let request = try await bob.events.next("a request") {
            if case .request(let request) = $0 { request } else { nil }
        }
        #expect(request.fingerprint == alice.identity?.fingerprint)
        let reason = try await alice.events.next("the refusal") {
            if case .refused(let refusal) = $0 { refusal.reason } else { nil }
        }
        #expect(reason == .refusedByPeer)
        try await bob.node.accept(request.fingerprint.description)
        #expect(try await bob.messages(1) == ["let me in"])
        try await alice.stop()
        try await bob.stop()
    }

    @Test func plainTextReachesAnAddress() async throws {
        let alice = try await LoopbackNode.start("alice", insecure: true)
        let bob = try await LoopbackNode.start("bob", insecure: true)
        let long = String(repeating: "Grüße, 世界! ", count: 300)
        try await alice.node.send(long, to: bob.address.description)
        var heard = ""
        while heard.count < long.count { heard += try await bob.messages(1)[0] }
        #expect(heard == long)
        try await alice.events.next("delivered") {
            if case .delivered = $0 { true } else { nil }
        }
        try await alice.stop()
        try await bob.stop()
    }
}
