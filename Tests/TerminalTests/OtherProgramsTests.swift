import EventSamples
import Foundation
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("Line mode shows what other programs do")
struct OtherProgramsTests {
    private let screen = RecordingScreen()

    private func mode() async throws -> LineMode {
        let surroundings = Written().surroundings()
        let store = try ChatStore.inMemory()
        try await store.save(contact("bob"))
        let node = try await Node.offline(
            userName: "alice", fingerprint: fingerprint(0xEE), contacts: store,
            log: StandardErrorLog.logger(.critical, surroundings), now: { noon })
        return LineMode(
            node, screen: screen, completer: Completer(), departure: Departure(),
            takesCommands: true, surroundings)
    }

    @Test("A message is one of ours, and says that it was not typed")
    func sent() async throws {
        let mode = try await mode()
        await mode.acted(.sent("on my way", to: contact("bob"), reference: "@1 1 "))
        #expect(
            screen.shown.hasSuffix(
                "alice → bob: on my way  (from another program; waits until bob is there)\n"))
        await mode.handle(.connected(peer(), secure: true, dialect: .native))
        await mode.acted(.sent("here", to: contact("bob"), reference: "@1 2 "))
        #expect(screen.shown.hasSuffix("alice → bob: here  (from another program)\n"))
    }

    @Test("One that waited is told of once it has arrived, also where that came first")
    func waited() async throws {
        let mode = try await mode()
        let status = OutgoingStatus(id: someID, peer: peer(), reference: "@1 1 7")
        await mode.handle(.queued(status))
        await mode.handle(.delivered(status))
        await mode.acted(.sent("late", to: contact("bob"), reference: "@1 1 7"))
        #expect(screen.shown.contains("Delivered: bob has what was waiting."))
        let shown = screen.shown
        await mode.tick()
        #expect(screen.shown == shown)
    }

    @Test("Changes of contacts are told as if they had been typed")
    func contacts() async throws {
        let mode = try await mode()
        await mode.acted(.trusted(contact("carol", 3)))
        #expect(screen.shown.contains("You trust carol with the certificate"))
        await mode.acted(.verified(contact("carol", 3)))
        #expect(screen.shown.contains("carol is verified."))
        await mode.acted(.removed(contact("carol", 3)))
        #expect(screen.shown.contains("You no longer trust carol"))
        await mode.acted(.rejected(fingerprint(9)))
        #expect(screen.shown.contains("Rejected"))
        await mode.acted(.connecting(PeerAddress(host: "192.0.2.1", port: 7)))
        #expect(screen.shown.contains("192.0.2.1:7"))
        await mode.acted(.presence(.away))
        #expect(screen.shown.contains("You are away"))
        await mode.acted(.forgotten(2, with: peer()))
        #expect(screen.shown.contains("2 messages with bob forgotten, by another program."))
        await mode.acted(.retention(86_400, with: peer()))
        #expect(screen.shown.hasSuffix("\(RetentionTerm.sentence(86_400, with: "bob"))\n"))
    }

    @Test("Names and content are safe to show")
    func hostileText() async throws {
        let mode = try await mode()
        let someone = contact(hostile)
        for act: ControlAct in [
            .sent(hostile, to: someone, reference: "@1 1 "), .trusted(someone), .removed(someone),
            .verified(someone), .forgotten(1, with: PeerDescription(someone)),
            .retention(nil, with: PeerDescription(someone)),
        ] {
            await mode.acted(act)
        }
        #expect(isSafe(screen.shown))
    }
}
