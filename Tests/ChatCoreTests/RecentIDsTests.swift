import ChatWire
import Testing

@testable import ChatCore

@Suite("The last ids are known")
struct RecentIDsTests {
    @Test("each is new once")
    func once() {
        var recent = RecentIDs<Void>(limit: 10)
        let id = MessageID.random()
        let isNew = [recent.insert(id, ()), recent.insert(id, ())]
        #expect(isNew == [true, false])
        #expect(recent.count == 1)
    }

    @Test("as many as the limit, the oldest forgotten first")
    func limit() {
        var recent = RecentIDs<Int>(limit: 8)
        let ids = (0..<30).map { _ in MessageID.random() }
        let areNew = ids.enumerated().map { recent.insert($1, $0) }
        #expect(!areNew.contains(false))
        #expect(recent.count == 8)
        let areStillNew = ids.suffix(8).map { recent.insert($0, 0) }
        #expect(!areStillNew.contains(true))
        let values = [21, 22, 22].map { recent.remove(ids[$0]) }
        #expect(values == [nil, 22, nil])
        let isForgotten = recent.insert(ids[0], 0)
        #expect(isForgotten)
        #expect(recent.count == 8)
    }

    @Test("a nil among the values is a value")
    func optional() {
        var recent = RecentIDs<String?>(limit: 2)
        let id = MessageID.random()
        let isNew = [recent.insert(id, nil), recent.insert(id, "x")]
        #expect(isNew == [true, false])
        let found = recent.remove(id)
        #expect(found == .some(nil))
    }
}
