import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("Long work")
struct LongWorkTests {
    private func work(_ signals: [Signals.Event]) -> LongWork {
        var surroundings = Written().surroundings()
        surroundings.signals = {
            AsyncStream { continuation in
                for signal in signals { continuation.yield(signal) }
                continuation.finish()
            }
        }
        return LongWork(
            surroundings: surroundings, bar: ProgressBar("Working", draw: nil, now: { 0 }),
            interruption: "Interrupted.")
    }

    @Test("A signal to leave ends it, with the status that shells give", arguments: [2, 15])
    func interrupted(number: Int32) async throws {
        do {
            try await work([.resized, .leave(number)]).run {
                try await Task.sleep(for: .seconds(3_600))
            }
            Issue.record("it went on to its end")
        } catch let failure as CommandFailure {
            #expect(failure.status == 128 + number)
            #expect(failure.description == "Interrupted.")
        }
    }

    @Test("Otherwise it gives what it comes to")
    func undisturbed() async throws {
        #expect(try await work([.resized]).run { 7 } == 7)
        await #expect(throws: NodeFailure.self) {
            try await work([]).run { throw NodeFailure(.storage, "It failed.") }
        }
    }
}
