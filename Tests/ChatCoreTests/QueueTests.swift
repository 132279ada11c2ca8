import TestSupport
import Testing

@testable import ChatCore

@Suite("A queue")
struct QueueTests {
    @Test("does what an array does", arguments: 1...20 as ClosedRange<UInt64>)
    func model(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = Queue<Int>([-2, -1])
        var model = [-2, -1]
        for number in 0..<5_000 {
            // Grows at first and drains later, so that the front moves far.
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<(number < 2_000 ? 7 : 3):
                queue.append(number)
                model.append(number)
            case 9:
                let wanted = model.randomElement(using: &random) ?? -7
                let expected = model.firstIndex(of: wanted).map { model.remove(at: $0) }
                #expect(queue.removeFirst { $0 == wanted } == expected)
            default:
                #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            }
            #expect(queue.count == model.count)
            #expect(queue.isEmpty == model.isEmpty)
            #expect(queue.first == model.first)
        }
        #expect(queue.elements == model)
    }

    @Test("keeps nothing alive that was taken out")
    func release() {
        final class Thing {}
        var queue = Queue<Thing>()
        weak var taken: Thing?
        do {
            let thing = Thing()
            taken = thing
            queue.append(thing)
            queue.append(Thing())
        }
        #expect(taken != nil)
        _ = queue.popFirst()
        #expect(taken == nil)
        #expect(queue.count == 1)
    }
}
