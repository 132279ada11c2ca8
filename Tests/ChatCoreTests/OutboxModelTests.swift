import ChatWire
import TestSupport
import Testing

@testable import ChatCore

@Suite("The outbox does what a plain list does")
struct OutboxModelTests {
    /// A list of everything, each message with the session it is in flight on.
    private struct Model {
        var all: [(entry: Outbox.Entry, session: SessionID?)] = []

        var inFlight: [Outbox.Entry] { all.filter { $0.session != nil }.map(\.entry) }

        mutating func next(_ window: Outbox.Window, on session: SessionID) -> Outbox.Entry? {
            guard let index = all.firstIndex(where: { $0.session == nil }) else { return nil }
            let bytes = (inFlight + [all[index].entry]).reduce(0) { $0 + $1.content.utf8.count }
            guard inFlight.count < window.messages, inFlight.isEmpty || bytes <= window.bytes else {
                return nil
            }
            all[index].session = session
            return all[index].entry
        }

        mutating func acknowledge(_ id: MessageID) -> Outbox.Entry? {
            let index = all.firstIndex { $0.entry.id == id && $0.session != nil }
            return index.map { all.remove(at: $0).entry }
        }

        /// Back to the front, before all that waits.
        mutating func requeue(from session: SessionID) {
            let back = all.filter { $0.session == session }.map(\.entry)
            all.removeAll { $0.session == session }
            let front = all.firstIndex { $0.session == nil } ?? all.count
            all.insert(contentsOf: back.map { ($0, nil) }, at: front)
        }

        mutating func abandon(from session: SessionID) -> [Outbox.Entry] {
            defer { all.removeAll { $0.session == session } }
            return all.filter { $0.session == session }.map(\.entry)
        }
    }

    @Test("whatever happens to it", arguments: 1...30 as ClosedRange<UInt64>)
    func compare(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let outbox = Outbox(isOnDisk: false)
        var model = Model()
        let windows = [
            Outbox.Window(messages: 1, bytes: .max), Outbox.Window(messages: 5, bytes: 12),
            Outbox.Window(messages: 50, bytes: 1_000),
        ]
        for step in 0..<2_000 {
            let session = SessionID(UInt64.random(in: 1...2, using: &random))
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<7:
                let length = Int.random(in: 1...9, using: &random)
                let entry = Outbox.Entry(
                    id: .random(), content: String(repeating: "x", count: length),
                    timestamp: Double(step), position: nil)
                outbox.accept(entry)
                model.all.append((entry, nil))
            case 7..<13:
                let window = windows.randomElement(using: &random) ?? windows[0]
                let sent = outbox.next(window, on: session)
                #expect(sent?.id == model.next(window, on: session)?.id)
            case 13..<18:
                // Mostly what is in flight, sometimes what is not.
                let id =
                    Bool.random(using: &random)
                    ? model.inFlight.first?.id : model.all.randomElement(using: &random)?.entry.id
                let acknowledged = outbox.acknowledge(id ?? .random())
                #expect(acknowledged?.id == id.flatMap { model.acknowledge($0) }?.id)
            case 18:
                outbox.requeue(from: session)
                model.requeue(from: session)
            default:
                let lost = outbox.abandon(from: session)
                #expect(lost.map(\.id) == model.abandon(from: session).map(\.id))
            }
            #expect(outbox.count == model.all.count)
            #expect(outbox.bytes == model.all.reduce(0) { $0 + $1.entry.content.utf8.count })
        }
        let all = model.all.filter { $0.session != nil } + model.all.filter { $0.session == nil }
        #expect(outbox.entries.map(\.id) == all.map(\.entry.id))
    }
}
