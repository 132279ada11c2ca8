import ChatIdentity
import ChatTLS
import ChatValues
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

/// Whatever happens to the bytes on the way, what is passed up is what was sent, from its beginning
/// on; and the side that saw the damage fails once.
@Suite struct DamageTests {
    private static let text = "the quick brown fox jumps over the lazy dog"

    enum Damage: CaseIterable { case flip, remove, insert, repeated }

    @Test(arguments: Damage.allCases)
    func damageNeverShowsInTheData(damage: Damage) throws {
        let alice = try Identity.make(userName: UserName("alice"))
        let bob = try Identity.make(userName: UserName("bob"))
        let (a, b) = try (TLSContext(identity: alice), TLSContext(identity: bob))
        let (pinA, pinB) = (alice.fingerprint, bob.fingerprint)
        for seed in 0..<150 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let pair = try Pair(
                Endpoint(.client, a) { $0.fingerprint == pinB },
                Endpoint(.server, b) { $0.fingerprint == pinA })
            pair.client.send(Self.text)
            pair.server.send(Self.text)
            try pair.server.connect()
            try pair.client.connect()
            // The flight that suffers: the client's first to the data after the handshake.
            var countdown = Int.random(in: 0..<4, using: &generator)
            var fromClient = true
            for _ in 0..<8 {
                let (from, to) =
                    fromClient ? (pair.client, pair.server) : (pair.server, pair.client)
                fromClient.toggle()
                var bytes = try from.takeOutbound()
                if bytes.readableBytes > 0 {
                    if countdown == 0 { bytes = damaged(bytes, damage, &generator) }
                    countdown -= 1
                }
                try to.receive(bytes)
            }
            pair.client.hangUp()
            pair.server.hangUp()
            for side in [pair.client, pair.server] {
                #expect(Self.text.hasPrefix(side.recorder.text), "seed \(seed)")
                #expect(side.recorder.errors.count <= 1, "seed \(seed)")
                #expect(side.recorder.late.isEmpty, "seed \(seed)")
            }
        }
    }

    private func damaged(
        _ bytes: ByteBuffer, _ damage: Damage, _ generator: inout SeededGenerator
    ) -> ByteBuffer {
        var all = Array(bytes.readableBytesView)
        let position = Int.random(in: 0..<all.count, using: &generator)
        switch damage {
        case .flip: all[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case .remove: all.remove(at: position)
        case .insert: all.insert(.random(in: .min ... .max, using: &generator), at: position)
        case .repeated: all.append(contentsOf: all[position...])
        }
        return ByteBuffer(bytes: all)
    }
}
