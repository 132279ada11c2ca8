import ChatCore
import ChatIdentity
import ChatValues
import Testing

@testable import ChatDiscovery

@Suite("What contacts leave for each other in the table")
struct DHTBookTests {
    private func pair() -> (alice: DHTBook, bob: DHTBook) {
        var (alice, bob) = (DHTBook(own: Cast.alice), DHTBook(own: Cast.bob))
        alice.update([Cast.contact(Cast.bob, Cast.secret(1))])
        bob.update([Cast.contact(Cast.alice, Cast.secret(1))])
        return (alice, bob)
    }

    /// What bob finds, with a clock of his own, of what alice leaves.
    private func found(
        _ bob: inout DHTBook, _ values: [(key: DHTKey, bytes: [UInt8])], at now: Double
    ) -> [Candidate] {
        bob.sought(at: now).flatMap { place in
            let key = bob.key(of: place)
            return values.filter { $0.key == key }.compactMap {
                bob.read($0.bytes, at: place, now: now)
            }
        }
    }

    private func left(
        _ book: inout DHTBook, at now: Double, host: UInt8 = 7
    ) -> [(key: DHTKey, bytes: [UInt8])] {
        book.published(at: now).compactMap {
            book.value(of: Cast.announcement(at: now, host: host), at: $0)
        }
    }

    @Test("they find each other at every hour of the day, with clocks that are hours apart")
    func everyHour() {
        for hour in 0..<72 {
            for skew in [-6.0, -3, -0.1, 0, 0.1, 3, 6] {
                var (alice, bob) = pair()
                let now = Cast.noon + Double(hour) * 3_600
                let values = left(&alice, at: now + skew * 3_600)
                let candidates = found(&bob, values, at: now)
                #expect(candidates.map(\.addresses) == [[Cast.address()]], "\(hour) \(skew)")
                #expect(candidates.first?.origin == .dht && candidates.first?.isLocal == false)
            }
        }
    }

    @Test("nobody else finds it: neither another contact, nor the sender, nor a wrong day")
    func nobodyElse() {
        var (alice, bob) = pair()
        let values = left(&alice, at: Cast.noon)
        var carol = DHTBook(own: Cast.person(3))
        carol.update([
            Cast.contact(Cast.alice, Cast.secret(2)), Cast.contact(Cast.bob, Cast.secret(3)),
        ])
        #expect(found(&carol, values, at: Cast.noon).isEmpty)
        #expect(found(&alice, values, at: Cast.noon).isEmpty)
        #expect(found(&bob, values, at: Cast.noon + 2 * 86_400).isEmpty)
    }

    @Test("a changed byte, wherever it is, and any other length leave nothing")
    func forged() throws {
        var (alice, bob) = pair()
        let values = left(&alice, at: Cast.noon)
        let (key, bytes) = try #require(values.first)
        for position in bytes.indices {
            var forged = bytes
            forged[position] ^= 1
            #expect(found(&bob, [(key, forged)], at: Cast.noon).isEmpty)
        }
        for other in [
            [], Array(bytes.dropLast()), bytes + [0], [UInt8](repeating: 0, count: 1_024),
        ] {
            #expect(found(&bob, [(key, other)], at: Cast.noon).isEmpty)
        }
        #expect(found(&bob, [(key, bytes)], at: Cast.noon).count == 1)
    }

    @Test("what yesterday's value says is not taken for today's, under whichever key it is put")
    func replayedUnderAnotherKey() throws {
        var (alice, bob) = pair()
        let (before, now) = (left(&alice, at: Cast.noon - 86_400), left(&alice, at: Cast.noon))
        let yesterday = try #require(before.first)
        let today = try #require(now.first)
        #expect(found(&bob, [(today.key, yesterday.bytes)], at: Cast.noon).isEmpty)
    }

    @Test("after what is newer, what is older is a repetition")
    func replayed() {
        var (alice, bob) = pair()
        let old = left(&alice, at: Cast.noon, host: 1)
        let new = left(&alice, at: Cast.noon + 60, host: 2)
        #expect(found(&bob, old, at: Cast.noon + 60).map(\.addresses) == [[Cast.address(1)]])
        #expect(found(&bob, new, at: Cast.noon + 61).map(\.addresses) == [[Cast.address(2)]])
        #expect(found(&bob, old, at: Cast.noon + 120).isEmpty)
    }

    @Test("who is connected is not looked for, and yet finds what we leave")
    func connected() {
        var alice = DHTBook(own: Cast.alice)
        alice.update([Cast.contact(Cast.bob, Cast.secret(1), isConnected: true)])
        #expect(alice.sought(at: Cast.noon).isEmpty)
        #expect(alice.published(at: Cast.noon).count == 1)
    }

    @Test("of more contacts than there is room for, the first have their keys")
    func bound() {
        var book = DHTBook(own: Cast.alice)
        book.update(
            (0..<(DHTBook.contactLimit + 3)).map { number in
                var bytes = [UInt8](repeating: 9, count: 32)
                bytes[0] = UInt8(number & 0xFF)
                bytes[1] = UInt8(number >> 8)
                return Cast.contact(
                    Fingerprint(bytes: bytes) ?? Cast.bob, RendezvousSecret(bytes: bytes))
            })
        #expect(book.published(at: Cast.noon).count == DHTBook.contactLimit)
        #expect(book.left == 3)
    }
}

@Suite("What a stranger sees of the table over days")
struct DHTPrivacyTests {
    @Test("no two keys are alike, and no piece of a value comes again, over thirty days")
    func unlinkable() throws {
        var keys: Set<DHTKey> = []
        var pieces: Set<[UInt8]> = []
        var (keyCount, pieceCount) = (0, 0)
        let others = (1...5).map { (Cast.person($0), Cast.secret($0)) }
        var books = [(Cast.alice, others)] + others.map { ($0.0, [(Cast.alice, $0.1)]) }
        for day in 0..<30 {
            let now = Cast.noon + Double(day) * 86_400
            for index in books.indices {
                var book = DHTBook(own: books[index].0)
                book.update(books[index].1.map { Cast.contact($0.0, $0.1) })
                for place in book.published(at: now) {
                    // The same addresses all the time, at the same moment for all contacts.
                    let left = book.value(of: Cast.announcement(at: now), at: place)
                    let (key, bytes) = try #require(left)
                    #expect(bytes.count == MeetingPoint.valueByteCount)
                    keys.insert(key)
                    keyCount += 1
                    let text = key.bytes + bytes
                    for start in stride(from: 0, through: text.count - 8, by: 8) {
                        pieces.insert(Array(text[start..<(start + 8)]))
                        pieceCount += 1
                    }
                }
            }
        }
        books = []
        #expect(keyCount == 30 * 10)
        #expect(keys.count == keyCount)
        // Eight bytes of chance meet by chance once in 2^64.
        #expect(pieces.count == pieceCount)
    }

    @Test("as long for one address as for six, and neither fingerprint nor address in it")
    func size() throws {
        var book = DHTBook(own: Cast.alice)
        book.update([Cast.contact(Cast.bob, Cast.secret(1))])
        let place = try #require(book.published(at: Cast.noon).first)
        for count in 0...9 {
            let endpoints = (0..<count).map {
                DHTAnnouncement.Endpoint(address: [198, 51, 100, UInt8($0)], port: 5_555)
            }
            let left = book.value(of: DHTAnnouncement(at: Cast.noon, endpoints), at: place)
            let (key, bytes) = try #require(left)
            #expect(bytes.count == MeetingPoint.valueByteCount)
            for secret in [Array(Cast.alice.bytes.prefix(5)), Array(Cast.bob.bytes.prefix(5))] {
                for start in 0..<(bytes.count - 5) {
                    #expect(Array(bytes[start..<(start + 5)]) != secret)
                }
                #expect(!key.bytes.starts(with: secret))
            }
        }
    }
}
