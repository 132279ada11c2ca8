import EventSamples
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("Commands about messages at the prompt")
struct MessageLineCommandTests {
    private func parse(_ line: String) throws -> LineCommand {
        try LineCommand(parsing: line, defaultPort: 5_555)
    }

    @Test("Each is understood")
    func commands() throws {
        #expect(try parse("/history") == .history(.newest(20), ids: false))
        #expect(try parse("/history 7") == .history(.newest(7), ids: false))
        #expect(try parse("/history more --ids") == .history(.more, ids: true))
        #expect(try parse("/history --ids") == .history(.newest(20), ids: true))
        #expect(try parse("/search  it's  here ") == .search("it's  here"))
        #expect(try parse("/forget") == .forget(nil, .conversation))
        #expect(try parse("/forget bob --last") == .forget("bob", .last))
        #expect(try parse("/forget --contact bob") == .forget("bob", .contact))
        #expect(try parse("/forget --message \(someID)") == .forget(nil, .message(someID)))
        #expect(try parse("/retention") == .retention(nil, nil))
        #expect(try parse("/retention bob") == .retention("bob", nil))
        #expect(
            try parse("/retention 2w") == .retention(nil, .span(Span(seconds: 1_209_600))))
        #expect(try parse("/retention bob forever") == .retention("bob", .forever))
        #expect(try parse("/resend") == .resend)
        #expect(try parse("/receipts") == .receipts(nil))
        #expect(try parse("/receipts on") == .receipts(true))
        #expect(try parse("/typing OFF") == .typing(false))
    }

    @Test(
        "What is wrong with one is said in a sentence",
        arguments: [
            "/history 0", "/history 1001", "/history x", "/history 1 2", "/history more more",
            "/search", "/search  ", "/forget a b", "/forget --all", "/forget --message",
            "/forget --message 7", "/forget --last --contact", "/retention bob soon",
            "/retention a b c", "/resend now", "/receipts maybe", "/typing on off",
        ])
    func wrong(line: String) {
        do {
            let command = try parse(line)
            Issue.record("\(line) was taken for \(command)")
        } catch let failure as LineCommand.Failure {
            #expect(failure.description.hasSuffix("."))
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test("Which messages stand on the screen is known")
    func shown() {
        var shown = ShownMessages()
        let bob = someFingerprint
        let opened = [shown.open(bob), shown.open(bob)]
        #expect(opened == [true, false])
        // Nothing was seen yet, then a page up to 12 is shown, while 12 and 13 come.
        var unread = [shown.takeUnread(with: bob)]
        shown.show([stored(11), stored(12)], with: bob)
        let isNew = [12, 13].map { shown.live($0, with: bob, isIncoming: true) }
        #expect(isNew == [false, true])
        #expect(shown.firstLive(with: bob) == 13)
        #expect(shown.start(with: bob) == 11)
        unread += [shown.takeUnread(with: bob), shown.takeUnread(with: bob)]
        // What is ours is not to be read.
        _ = shown.live(14, with: bob, isIncoming: false)
        unread.append(shown.takeUnread(with: bob))
        #expect(unread == [nil, 13, nil, nil])
    }

    private func stored(_ position: Int64) -> StoredMessage {
        StoredMessage(
            position: position, id: .random(), contact: someFingerprint, direction: .incoming,
            content: .text("x"), timestamp: noon, storedAt: noon, state: .delivered,
            claimedSender: nil, dialect: .native)
    }
}
