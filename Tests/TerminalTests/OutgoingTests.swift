import EventSamples
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("Messages on their way")
struct OutgoingTests {
    @Test("A message that arrives at once is not worth a word")
    func quiet() {
        var outgoing = Outgoing()
        outgoing.add("1", to: peer(), at: 0, isTold: false)
        #expect(outgoing.overdue(at: Outgoing.patience - 1).isEmpty)
        #expect(outgoing.delivered("1") == nil)
        #expect(outgoing.isEmpty)
    }

    @Test("One that takes long is told once, and its arrival as well")
    func overdue() {
        var outgoing = Outgoing()
        outgoing.add("1", to: peer(), at: 0, isTold: false)
        outgoing.add("2", to: peer(), at: 0, isTold: false)
        #expect(outgoing.overdue(at: Outgoing.patience) == [peer()])
        #expect(outgoing.overdue(at: Outgoing.patience + 1).isEmpty)
        #expect(outgoing.delivered("1") == nil)
        #expect(outgoing.delivered("2") == peer())
    }

    @Test("Those on their way when the peer goes wait, and are told together")
    func disconnected() {
        var outgoing = Outgoing()
        outgoing.add("1", to: peer(), at: 0, isTold: false)
        outgoing.add("2", to: peer(), at: 0, isTold: true)
        outgoing.add("3", to: plainPeer("carol"), at: 0, isTold: false)
        #expect(outgoing.disconnected(peer()) == 1)
        #expect(outgoing.disconnected(peer()) == 0)
        let (first, second) = (outgoing.failed("3"), outgoing.failed("3"))
        #expect(first && !second)
    }

    @Test("References are never used twice")
    func references() {
        var outgoing = Outgoing()
        #expect(Set((0..<10).map { _ in outgoing.nextReference() }).count == 10)
    }

    @Test("A flood of strangers is not shown, and does not hide an imposter")
    func flood() {
        var quiet = QuietRefusals()
        let shown = (0..<1_000).filter { _ in quiet.admits(.notTLS, at: noon) }
        #expect(shown.count == 5)
        let admitted = [
            quiet.admits(.changedCertificate, at: noon), quiet.admits(.notTLS, at: noon + 61),
            quiet.admits(.notTLS, at: noon + 62),
        ]
        #expect(admitted == [true, true, false])
    }
}
