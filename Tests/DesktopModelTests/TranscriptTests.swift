import P2PChat
import Testing

@testable import ChatDesktopModel

/// The rows of a conversation, and the changes that a list view follows.
struct TranscriptTests {
    @Test func aDayStandsAboveItsFirstMessage() {
        var talk = transcript()
        _ = talk.show(
            [incoming("late", minutes: -24 * 60), incoming("early"), incoming("next", minutes: 1)],
            hasOlder: false)
        let days = talk.rows.compactMap { row in
            if case .day(let day) = row { day } else { nil }
        }
        #expect(days == ["Yesterday", "Today"])
        #expect(talk.rows.count == 5)
    }

    @Test func messagesOfOneSideCloseTogetherContinue() {
        var talk = transcript()
        _ = talk.show(
            [
                incoming("a"), incoming("b", minutes: 1), outgoing("c", minutes: 2),
                incoming("d", minutes: 3), incoming("e", minutes: 30),
            ], hasOlder: false)
        let continues = talk.rows.compactMap { row in
            if case .message(_, let continues) = row { continues } else { nil }
        }
        #expect(continues == [false, true, false, false, false])
    }

    @Test func theUnreadAreMarked() {
        var talk = transcript()
        _ = talk.show(
            [incoming("old"), incoming("new", minutes: 1), incoming("newer", minutes: 2)],
            hasOlder: false, unread: 2)
        #expect(talk.rows[2] == .unread)
        #expect(talk.rows[3].entry?.text == "new")
    }

    @Test func changesSayWhatAListViewHasToDo() {
        var talk = transcript()
        var shown = followed([], [talk.show([incoming("a")], hasOlder: true)])
        shown = followed(shown, talk.append([outgoing("b", minutes: 1)], following: true))
        shown = followed(
            shown, talk.prepend([incoming("before", minutes: -1)], hasOlder: false))
        shown = followed(shown, [talk.append(notice: "Something happened.")])
        shown = followed(shown, talk.append([incoming("c", minutes: 2)], following: true))
        #expect(shown == talk.rows)
        #expect(talk.entries.map(\.text) == ["before", "a", "b", "c"])
        #expect(!talk.hasOlder)
    }

    @Test func aBurstLeavesNoMoreThanTheLimitInMemory() {
        var talk = transcript()
        var shown: [TranscriptRow] = []
        for start in stride(from: 0, to: 10_000, by: 500) {
            let batch = (start..<start + 500).map { incoming("\($0)", position: Int64($0 + 1)) }
            shown = followed(shown, talk.append(batch, following: true))
            #expect(talk.rows.count <= Transcript.limit + 4)
        }
        #expect(shown == talk.rows)
        #expect(talk.newest?.text == "9999")
        #expect(talk.hasOlder)
    }

    @Test func whoReadsFarUpIsNotMovedByWhatComes() {
        var talk = transcript()
        _ = talk.show((0..<600).map { incoming("\($0)") }, hasOlder: false)
        #expect(talk.append([incoming("new")], following: false).isEmpty)
        #expect(talk.hasNewer)
        #expect(talk.append([incoming("newer")], following: false).isEmpty)
    }

    @Test func olderPagesPushTheNewestOut() {
        var talk = transcript()
        var shown = followed(
            [], [talk.show((0..<600).map { incoming("\($0)") }, hasOlder: true)])
        shown = followed(
            shown,
            talk.prepend((0..<80).map { incoming("older \($0)", minutes: -60) }, hasOlder: true))
        #expect(shown == talk.rows)
        #expect(talk.oldest?.text == "older 0")
        #expect(talk.entries.reduce(0) { count, _ in count + 1 } == Transcript.limit)
        #expect(talk.hasNewer)
    }

    @Test func deliveryNeverGoesBack() {
        var talk = transcript()
        let entry = outgoing("hello")
        _ = talk.show([entry], hasOlder: false)
        #expect(talk.mark(entry.id, .delivered) != nil)
        #expect(talk.mark(entry.id, .sent) == nil)
        #expect(talk.mark(entry.id, .read)?.position == 1)
        #expect(talk.newest?.mark == .read)
        #expect(talk.mark(.random(), .read) == nil)
    }

    @Test func whatMayNotHaveArrivedCanBeSentAgain() {
        var talk = transcript()
        let entry = outgoing("hello")
        _ = talk.show([entry], hasOlder: false)
        _ = talk.mark(entry.id, .sent)
        #expect(talk.mark(entry.id, .unconfirmed) != nil)
        #expect(talk.mark(entry.id, .queued) != nil)
        #expect(talk.newest?.mark == .queued)
    }
}
