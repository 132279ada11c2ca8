import EventSamples
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("Statuses after sysexits")
struct FailureStatusTests {
    @Test("Each kind of failure has its status, and keeps its sentence")
    func statuses() {
        #expect(CommandFailure(NodeFailure(.unknownContact, "No.")).status == 67)
        #expect(CommandFailure(NodeFailure(.badCertificate, "No.")).status == 65)
        #expect(CommandFailure(NodeFailure(.addressInUse, "No.")).status == 69)
        #expect(CommandFailure(NodeFailure(.queueFull, "No.")).status == 75)
        #expect(CommandFailure(NodeFailure(.storage, "No.")).status == 74)
        #expect(CommandFailure(NodeFailure(.insecureMode, "No.")).status == 64)
        #expect(CommandFailure(IdentityError(.loosePermissions, "No.")).status == 77)
        #expect(CommandFailure(StoreFailure(.locked, "No.")).status == 75)
        #expect(CommandFailure(StoreFailure(.newer, "No.")).status == 78)
        #expect(CommandFailure(NodeFailure(.unreachable, "Why.")).description == "Why.")
    }

    @Test("Paths in a sentence are made safe")
    func safe() {
        #expect(isSafe(CommandFailure(IdentityError(.missing, hostile)).description))
        #expect(!CommandFailure(StoreFailure(.damaged, hostile)).description.contains("\n"))
    }

    @Test("Whatever is thrown becomes one of these")
    func wrapping() async {
        struct Other: Error {}
        let statuses: [(any Error, Int32)] = [
            (NodeFailure(.queueFull, ""), 75), (IdentityError(.missing, ""), 66), (Other(), 71),
            (CommandFailure(.configuration, ""), 78),
        ]
        for (thrown, status) in statuses {
            do {
                try await CommandFailure.wrapping { throw thrown }
                Issue.record("nothing was thrown")
            } catch {
                #expect(error.status == status)
            }
        }
    }
}
