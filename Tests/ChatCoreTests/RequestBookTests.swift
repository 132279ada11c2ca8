import ChatValues
import Testing

@testable import ChatCore

@Suite("Requests are kept")
struct RequestBookTests {
    private func outcome(_ book: inout RequestBook, _ request: ContactRequest) -> String {
        switch book.note(request) {
        case .new(let new, nil): "new \(new.name)"
        case .new(let new, let evicted?): "new \(new.name), \(evicted.name) evicted"
        case .known: "known"
        case .dropped: "dropped"
        }
    }

    private func numbered(_ number: Int, at time: Double, direction: Direction = .inbound)
        -> ContactRequest
    {
        var bytes = [UInt8](repeating: 0, count: 32)
        bytes[0] = UInt8(number & 0xFF)
        bytes[1] = UInt8(number >> 8)
        return ContactRequest(
            name: "m\(number)", fingerprint: Fingerprint(bytes: bytes) ?? .test(0),
            address: .mallory, direction: direction, firstSeen: time, lastSeen: time)
    }

    @Test("once each, with where and when they were last seen")
    func once() {
        var book = RequestBook()
        #expect(outcome(&book, .test("m", 1, at: 10)) == "new m")
        let later = PeerAddress(host: "198.51.100.1", port: 9)
        #expect(outcome(&book, .test("m", 1, at: 20, address: later)) == "known")
        #expect(book.pending.count == 1)
        #expect(book[.test(1)]?.firstSeen == 10)
        #expect(book[.test(1)]?.lastSeen == 20)
        #expect(book[.test(1)]?.address == later)
    }

    @Test("no faster than a person could read")
    func rate() {
        var book = RequestBook()
        let outcomes = (0..<100).map { outcome(&book, numbered($0, at: 1_000)) }
        #expect(outcomes.count { $0.hasPrefix("new") } == 32)
        #expect(outcomes[32...].allSatisfy { $0 == "dropped" })
        #expect(outcome(&book, numbered(100, at: 1_002)) == "new m100")
        #expect(outcome(&book, numbered(101, at: 1_002)) == "dropped")
    }

    @Test("256 of them; the one seen longest ago makes room")
    func bound() {
        var book = RequestBook()
        for number in 0..<256 {
            #expect(outcome(&book, numbered(number, at: Double(number) * 10)) == "new m\(number)")
        }
        // The oldest shows up again, so that the next oldest goes.
        #expect(outcome(&book, numbered(0, at: 2_570)) == "known")
        #expect(outcome(&book, numbered(300, at: 2_600)) == "new m300, m1 evicted")
        #expect(book.pending.count == RequestBook.limit)
    }

    @Test("where the user dialled, at any rate, and longest")
    func outbound() {
        var book = RequestBook()
        for number in 0..<100 {
            let request = numbered(number, at: 0, direction: .outbound)
            #expect(outcome(&book, request) == "new m\(number)")
        }
        for number in 100..<600 {
            _ = outcome(&book, numbered(number, at: Double(number) * 10))
        }
        #expect(book.pending.count == RequestBook.limit)
        #expect(book.pending.count { $0.direction == .outbound } == 100)
    }

    @Test("all of them the user's own: the one seen longest ago makes room")
    func outboundBound() {
        var book = RequestBook()
        for number in 0..<256 {
            _ = outcome(&book, numbered(number, at: Double(number), direction: .outbound))
        }
        #expect(outcome(&book, numbered(256, at: 300)) == "new m256, m0 evicted")
    }

    @Test("with the address that was dialled, when they knock later")
    func dialledAddress() {
        var book = RequestBook()
        _ = book.note(.test("m", 1, direction: .outbound, at: 1, address: .bob))
        _ = book.note(.test("m", 1, direction: .inbound, at: 2, address: .mallory))
        #expect(book[.test(1)]?.address == .bob)
        #expect(book[.test(1)]?.direction == .outbound)
        #expect(book[.test(1)]?.lastSeen == 2)
    }

    @Test("and one that knocked gets the address where it was reached")
    func reachedAddress() {
        var book = RequestBook()
        _ = book.note(.test("m", 1, direction: .inbound, at: 1, address: .mallory))
        _ = book.note(.test("m", 1, direction: .outbound, at: 2, address: .bob))
        #expect(book[.test(1)]?.address == .bob)
        #expect(book[.test(1)]?.direction == .outbound)
    }

    @Test("rejected ones too, and are not announced again when they knock")
    func rejected() {
        var book = RequestBook([.test("m", 1, isRejected: true)])
        #expect(book.pending.isEmpty)
        #expect(outcome(&book, .test("m", 1, at: 5)) == "known")
        #expect(book.pending.isEmpty)
        #expect(book[.test(1)]?.isRejected == true)
    }

    @Test("a rejected one whom the user dials is asked about again")
    func reopened() {
        var book = RequestBook([.test("m", 1, isRejected: true)])
        #expect(outcome(&book, .test("m", 1, direction: .outbound, at: 5)) == "new m")
        #expect(book.pending.map(\.name) == ["m"])
    }

    @Test("and listed oldest first")
    func order() {
        let book = RequestBook([
            .test("b", 2, at: 20), .test("c", 3, at: 10), .test("a", 1, at: 20),
        ])
        #expect(book.pending.map(\.name) == ["c", "a", "b"])
    }
}

@Suite("A request is found")
struct RequestFindingTests {
    private let book = RequestBook([
        .test("mallory", 1), .test("Eve", 2), .test("eve", 3), .test("trent", 4, isRejected: true),
    ])

    private func failure(_ reference: String) -> NodeFailure? {
        do throws(NodeFailure) {
            _ = try book.find(reference)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "by name, fingerprint and the beginning of one",
        arguments: ["mallory", "MALLORY", "\(Fingerprint.test(1))", "01010101", "01:01:01:01:01"])
    func found(reference: String) throws {
        #expect(try book.find(reference).fingerprint == .test(1))
    }

    @Test("never by a guess")
    func ambiguous() throws {
        let error = try #require(failure("eve"))
        #expect(error.code == .ambiguousContact)
        #expect(error.description.contains("\(Fingerprint.test(2))"))
        #expect(error.description.contains("\(Fingerprint.test(3))"))
    }

    @Test("not where there is none", arguments: ["", "bob", "0101010", "\(Fingerprint.test(9))"])
    func unknown(reference: String) {
        #expect(failure(reference)?.code == .unknownRequest)
    }

    @Test("not once it is rejected, and what to do then is said")
    func rejected() {
        #expect(failure("trent")?.code == .unknownRequest)
        #expect(failure("04040404")?.code == .unknownRequest)
        let exact = failure("\(Fingerprint.test(4))")
        #expect(exact?.code == .unknownRequest)
        #expect(exact?.description.contains("rejected") == true)
    }
}
