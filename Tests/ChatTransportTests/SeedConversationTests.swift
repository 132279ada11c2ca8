import ChatWire
import NIOCore
import Testing

@testable import ChatTransport

@Suite struct SeedConversationTests {
    /// Our half of the conversation, and what a test says to it.
    private final class Bench {
        private var conversation = SeedConversation()

        var awaitsAck: Bool { conversation.awaitsAck }

        func enqueue(_ content: String) throws -> MessageID {
            let id = MessageID.random()
            let message = Message(id: id, sender: "alice", content: content, timestamp: 1.5)
            try conversation.enqueue(message, id: id)
            return id
        }

        /// The content of the next object to be written.
        func next() throws -> String? {
            guard var object = conversation.nextObject() else { return nil }
            #expect(object.readableBytes <= WireLimits.seedObjectOut)
            var decoder = SeedDecoder()
            decoder.append(&object)
            guard case .message(let message)? = try decoder.next() else { return "no message" }
            return message.content
        }

        func giveUp() -> MessageID? { conversation.giveUp() }

        func hear(_ text: String, chunk: Int = .max) -> (frames: [Frame], failure: WireError?) {
            var bytes = ByteBuffer(string: text)
            var frames: [Frame] = []
            while bytes.readableBytes > 0,
                var part = bytes.readSlice(length: min(chunk, bytes.readableBytes))
            {
                conversation.append(&part)
                let (more, failure) = conversation.takeFrames()
                frames += more
                if let failure { return (frames, failure) }
            }
            return (frames, nil)
        }

        func delivered(by text: String, chunk: Int = .max) -> [MessageID] {
            hear(text, chunk: chunk).frames.compactMap {
                if case .receipt(let receipt) = $0 { receipt.id } else { nil }
            }
        }
    }

    private static let ack =
        #"{"sender": "bob", "content": "Ack: Message received", "timestamp": 2.5}"#
    private static func said(_ content: String) -> String {
        #"{"sender": "bob", "content": "\#(content)", "timestamp": 2.5}"#
    }

    private let bench = Bench()

    @Test func oneObjectAtATime() throws {
        let first = try bench.enqueue("one")
        let second = try bench.enqueue("two")
        #expect(try bench.next() == "one")
        #expect(try bench.next() == nil)
        #expect(bench.delivered(by: Self.ack) == [first])
        #expect(try bench.next() == "two")
        #expect(try bench.next() == nil)
        #expect(bench.delivered(by: Self.ack) == [second])
        #expect(try bench.next() == nil)
        #expect(!bench.awaitsAck)
    }

    @Test func aLongTextIsDeliveredWithItsLastPart() throws {
        let text = String(repeating: "Grüße, 世界! 👩‍👩‍👧‍👦 ", count: 200)
        let id = try bench.enqueue(text)
        var parts: [String] = []
        var delivered: [MessageID] = []
        while let part = try bench.next() {
            #expect(delivered.isEmpty)
            parts.append(part)
            delivered += bench.delivered(by: Self.ack)
        }
        #expect(parts.count > 10)
        #expect(parts.joined() == text)
        #expect(delivered == [id])
    }

    @Test func anAckThatNothingWaitsForIsIgnored() throws {
        #expect(bench.hear(Self.ack + Self.ack).frames.isEmpty)
        let id = try bench.enqueue("one")
        #expect(bench.delivered(by: Self.ack) == [])
        #expect(try bench.next() == "one")
        // One ack for one object, however many come.
        #expect(bench.delivered(by: Self.ack + Self.ack + Self.ack) == [id])
    }

    /// Acks have no name on them: a late one must not confirm what was written after it.
    @Test func aLateAckConfirmsNothingWrittenLater() throws {
        let first = try bench.enqueue("one")
        let second = try bench.enqueue("two")
        #expect(try bench.next() == "one")
        #expect(bench.giveUp() == first)
        #expect(try bench.next() == "two")
        #expect(bench.delivered(by: Self.ack) == [])
        #expect(bench.delivered(by: Self.ack) == [second])
        // And all is as before.
        let third = try bench.enqueue("three")
        #expect(try bench.next() == "three")
        #expect(bench.delivered(by: Self.ack) == [third])
    }

    @Test func givingUpDropsTheRestOfAMessage() throws {
        let first = try bench.enqueue(String(repeating: "x", count: 3_000))
        _ = try bench.enqueue("two")
        #expect(try bench.next() != nil)
        #expect(bench.delivered(by: Self.ack) == [])
        #expect(try bench.next() != nil)
        #expect(bench.giveUp() == first)
        #expect(try bench.next() == "two")
    }

    @Test func givingUpWithNothingOutDoesNothing() throws {
        #expect(bench.giveUp() == nil)
        let id = try bench.enqueue("one")
        #expect(bench.giveUp() == nil)
        #expect(try bench.next() == "one")
        #expect(bench.delivered(by: Self.ack) == [id])
    }

    @Test(arguments: [Int.max, 1, 2, 7])
    func bothDirectionsInAnyPieces(chunk: Int) throws {
        let id = try bench.enqueue("ours")
        #expect(try bench.next() == "ours")
        let stream =
            Self.said("fünf } { \\\" ") + "\n" + Self.ack + #"{"type":"user_presence","#
            + #""action":"online","username":"bob"}"# + " \r\n" + Self.said("two")
        let (frames, failure) = bench.hear(stream, chunk: chunk)
        #expect(failure == nil)
        guard frames.count == 4, case .message(let one) = frames[0],
            case .receipt(let receipt) = frames[1], case .presence(let presence) = frames[2],
            case .message(let two) = frames[3]
        else {
            Issue.record("heard \(frames)")
            return
        }
        #expect([one.content, two.content] == ["fünf } { \" ", "two"])
        #expect(receipt == Receipt(id: id, state: .delivered))
        #expect(presence.username == "bob")
        // Each message has an id of ours, so that its receipt can be told from another's.
        #expect(one.id != nil && two.id != nil && one.id != two.id)
    }

    @Test func whatIsNotKnownIsLeftOut() {
        let (frames, failure) = bench.hear(
            #"{}{"type":"dance"}{"type":"ping"}{"type":"receipt","id":"x"}{"a":[1,{}]}"#)
        #expect(frames.isEmpty)
        #expect(failure == nil)
    }

    @Test(arguments: [Int.max, 1])
    func whatCameBeforeAnErrorCounts(chunk: Int) {
        let (frames, failure) = bench.hear(Self.said("good") + "nonsense", chunk: chunk)
        #expect(frames.count == 1)
        #expect(failure != nil)
        // And nothing after it.
        let (rest, again) = bench.hear(Self.said("more"))
        #expect(rest.isEmpty)
        #expect(again == failure)
    }
}
