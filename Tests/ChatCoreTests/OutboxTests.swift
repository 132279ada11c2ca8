import ChatWire
import Testing

@testable import ChatCore

@Suite("The outbox")
struct OutboxTests {
    private let session = SessionID(1)
    private let wide = Outbox.Window(messages: 1_000, bytes: 1 << 20)

    private func entries(_ contents: [String]) -> [Outbox.Entry] {
        contents.map { Outbox.Entry(id: .random(), content: $0, timestamp: 0, position: nil) }
    }

    private func outbox(_ entries: [Outbox.Entry]) -> Outbox {
        let outbox = Outbox(isOnDisk: false)
        for entry in entries { outbox.accept(entry) }
        return outbox
    }

    private func sent(
        _ outbox: Outbox, _ window: Outbox.Window? = nil, on session: SessionID? = nil
    ) -> [String] {
        var sent: [String] = []
        while let entry = outbox.next(window ?? wide, on: session ?? self.session) {
            sent.append(entry.content)
        }
        return sent
    }

    @Test("lets messages go in the order in which they were written")
    func order() {
        let outbox = outbox(entries(["a", "b", "c"]))
        #expect(sent(outbox) == ["a", "b", "c"])
        for entry in entries(["d", "e"]) { outbox.accept(entry) }
        #expect(sent(outbox) == ["d", "e"])
        #expect(outbox.count == 5)
    }

    @Test("keeps so many messages in flight")
    func messageWindow() {
        let all = entries(["a", "b", "c", "d"])
        let outbox = outbox(all)
        let two = Outbox.Window(messages: 2, bytes: .max)
        #expect(sent(outbox, two) == ["a", "b"])
        #expect(outbox.acknowledge(all[0].id)?.content == "a")
        #expect(sent(outbox, two) == ["c"])
    }

    @Test("keeps so many bytes in flight, and one message in any case")
    func byteWindow() {
        let all = entries(["12345678", "ü", "123", "x"])
        let outbox = outbox(all)
        let five = Outbox.Window(messages: 10, bytes: 5)
        #expect(sent(outbox, five) == ["12345678"])
        #expect(outbox.acknowledge(all[0].id) != nil)
        #expect(sent(outbox, five) == ["ü", "123"])
        #expect(outbox.acknowledge(all[1].id) != nil)
        #expect(sent(outbox, five) == ["x"])
    }

    @Test("takes receipts out of order")
    func outOfOrder() {
        let all = entries(["a", "b", "c"])
        let outbox = outbox(all)
        _ = sent(outbox)
        for index in [2, 0, 1] {
            #expect(outbox.acknowledge(all[index].id)?.content == all[index].content)
        }
        #expect(outbox.isEmpty)
        #expect(outbox.bytes == 0)
    }

    @Test("takes no receipt twice, none for what is not known, none before sending")
    func strayReceipts() {
        let all = entries(["a", "b"])
        let outbox = outbox(all)
        #expect(outbox.acknowledge(all[0].id) == nil)
        _ = outbox.next(wide, on: session)
        #expect(outbox.acknowledge(all[1].id) == nil)
        #expect(outbox.acknowledge(.random()) == nil)
        #expect(outbox.acknowledge(all[0].id) != nil)
        #expect(outbox.acknowledge(all[0].id) == nil)
        #expect(outbox.count == 1)
    }

    @Test("puts what was in flight back to the front when a session is lost")
    func requeue() {
        let all = entries(["a", "b", "c", "d"])
        let outbox = outbox(all)
        let three = Outbox.Window(messages: 3, bytes: .max)
        #expect(sent(outbox, three) == ["a", "b", "c"])
        _ = outbox.acknowledge(all[1].id)
        outbox.requeue(from: session)
        outbox.accept(entries(["e"])[0])
        #expect(sent(outbox) == ["a", "c", "d", "e"])
        #expect(outbox.bytes == 4)
    }

    @Test("gives up what was in flight, where it can't be sent again")
    func abandon() {
        let outbox = outbox(entries(["a", "b", "c"]))
        #expect(sent(outbox, .seed) == ["a"])
        #expect(outbox.abandon(from: session).map(\.content) == ["a"])
        #expect(outbox.abandon(from: session).isEmpty)
        #expect(sent(outbox) == ["b", "c"])
        #expect(outbox.bytes == 2)
    }

    @Test("tells the sessions apart that messages are in flight on")
    func twoSessions() {
        let all = entries(["a", "b", "c", "d"])
        let outbox = outbox(all)
        let other = SessionID(2)
        let two = Outbox.Window(messages: 2, bytes: .max)
        #expect(sent(outbox, two) == ["a", "b"])
        _ = outbox.acknowledge(all[0].id)
        #expect(sent(outbox, two, on: other) == ["c"])
        outbox.requeue(from: other)
        #expect(sent(outbox, two, on: other) == ["c"])
        #expect(outbox.abandon(from: session).map(\.content) == ["b"])
        #expect(outbox.acknowledge(all[2].id) != nil)
        #expect(sent(outbox, two, on: other) == ["d"])
    }

    @Test("shows everything, oldest first")
    func everything() {
        let outbox = outbox(entries(["a", "b", "c"]))
        _ = outbox.next(wide, on: session)
        #expect(outbox.entries.map(\.content) == ["a", "b", "c"])
    }

    @Test("has the windows of the two dialects")
    func windows() {
        let outbox = outbox(entries((0..<1_100).map { "\($0)" }))
        #expect(sent(outbox, .seed).count == 1)
        #expect(sent(outbox, .native).count == 1_023)
        let large = self.outbox(
            entries((0..<100).map { _ in String(repeating: "x", count: 16_384) }))
        #expect(sent(large, .native).count == 64)
    }
}
