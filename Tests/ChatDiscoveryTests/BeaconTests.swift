import ChatCore
import ChatValues
import TestSupport
import Testing

@testable import ChatDiscovery

private let noon = 1_764_000_000.0
private let day = 86_400.0

@Suite("A beacon tells contacts alone where we are")
struct BeaconTests {
    private let alice = fingerprint(1)
    private let bob = fingerprint(2)

    private func pair() -> (BeaconBook, BeaconBook) {
        var (ours, theirs) = (BeaconBook(own: alice), BeaconBook(own: bob))
        ours.update(contacts([(bob, secret(1))]))
        theirs.update(contacts([(alice, secret(1))]))
        return (ours, theirs)
    }

    private func round(
        _ book: inout BeaconBook, at now: Double, seed: UInt64 = 7
    ) throws -> [[UInt8]] {
        var generator = SeededGenerator(seed: seed ^ UInt64(now))
        return try book.round(at: now, saying: announcement(at: now), using: &generator)
    }

    private func heard(
        _ book: inout BeaconBook, _ datagrams: [[UInt8]], at now: Double
    ) -> [Fingerprint] {
        datagrams.flatMap { book.read($0, at: now).map(\.contact) }
    }

    @Test("the contact reads it, once in a round, and what it says")
    func recognised() throws {
        var (ours, theirs) = pair()
        let datagrams = try round(&ours, at: noon)
        let found = datagrams.flatMap { theirs.read($0, at: noon + 3) }
        #expect(found.map(\.contact) == [alice])
        #expect(
            found.first?.announcement.addresses(heardOn: "eth0") == [
                PeerAddress(host: "192.0.2.1", port: 5_555)
            ])
    }

    @Test("nobody else does: neither a stranger, nor another contact, nor the sender itself")
    func unrecognised() throws {
        var (ours, _) = pair()
        let datagrams = try round(&ours, at: noon)
        var carol = BeaconBook(own: fingerprint(3))
        carol.update(contacts([(alice, secret(2)), (bob, secret(3))]))
        #expect(heard(&carol, datagrams, at: noon).isEmpty)
        #expect(heard(&ours, datagrams, at: noon).isEmpty)
    }

    @Test("clocks may differ by hours, across midnight", arguments: [-23.0, -5, 5, 23])
    func skew(hours: Double) throws {
        var (ours, theirs) = pair()
        let datagrams = try round(&ours, at: noon)
        #expect(heard(&theirs, datagrams, at: noon + hours * 3_600) == [alice])
    }

    @Test("a beacon of another week is nobody's")
    func old() throws {
        var (ours, theirs) = pair()
        let datagrams = try round(&ours, at: noon)
        #expect(heard(&theirs, datagrams, at: noon + 2 * day).isEmpty)
        #expect(heard(&theirs, datagrams, at: noon - 2 * day).isEmpty)
    }

    @Test("a repetition is not taken, and an older one not either")
    func replay() throws {
        var (ours, theirs) = pair()
        let first = try round(&ours, at: noon)
        let second = try round(&ours, at: noon + 30)
        #expect(heard(&theirs, first, at: noon) == [alice])
        #expect(heard(&theirs, second, at: noon + 30) == [alice])
        for later in stride(from: 40.0, to: 500, by: 20) {
            #expect(heard(&theirs, first + second, at: noon + later).isEmpty)
        }
    }

    @Test("a changed byte, wherever it is, leaves nothing to read")
    func forged() throws {
        var (ours, theirs) = pair()
        let datagrams = try round(&ours, at: noon)
        let index = try #require(
            datagrams.firstIndex { datagram in
                var (_, reader) = pair()
                return !reader.read(datagram, at: noon).isEmpty
            })
        let datagram = datagrams[index]
        var (changes, time) = (0, noon)
        for position in datagram.indices {
            var forged = datagram
            forged[position] ^= 0x10
            // A second apart, so that not the rate refuses them.
            time += 1
            var reader = BeaconBook(own: bob)
            reader.update(contacts([(alice, secret(1))]))
            if reader.read(forged, at: noon).isEmpty { changes += 1 }
        }
        // The header, the salt and the contact's own entry; elsewhere is padding.
        #expect(changes == 8 + 16 + BeaconDatagram.entryByteCount)
        #expect(heard(&theirs, [Array(datagram.dropLast()), datagram + [0], []], at: noon).isEmpty)
    }

    @Test("floods of beacons cost no more than so many a second")
    func flood() throws {
        var (ours, theirs) = pair()
        let datagrams = try round(&ours, at: noon)
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            var bytes = datagrams[0]
            for index in 8..<24 { bytes[index] = .random(in: 0...255, using: &generator) }
            _ = theirs.read(bytes, at: noon)
        }
        #expect(heard(&theirs, datagrams, at: noon).isEmpty)
        #expect(heard(&theirs, datagrams, at: noon + 10) == [alice])
    }
}

@Suite("What a stranger sees of beacons over days")
struct BeaconPrivacyTests {
    private let alice = fingerprint(0xA1)

    /// Alice's rounds of thirty days, ten a day, to so many contacts.
    private func capture(contacts count: Int) throws -> [(day: Int, datagrams: [[UInt8]])] {
        var book = BeaconBook(own: alice)
        book.update(
            contacts((0..<count).map { (fingerprint(UInt8($0)), secret(UInt64($0) + 1)) }))
        var generator = SystemRandomNumberGenerator()
        return try (0..<300).map { index in
            let now = noon + Double(index) * day / 10
            return (
                Int(BeaconBook.day(now)),
                try book.round(at: now, saying: announcement(at: now), using: &generator)
            )
        }
    }

    @Test(
        "no piece of a beacon comes again, on the same day or another, for the same contact or another"
    )
    func unlinkable() throws {
        var seen: Set<[UInt8]> = []
        var pieces = 0
        for (_, datagrams) in try capture(contacts: 5) {
            for bytes in datagrams {
                let datagram = try #require(BeaconDatagram(bytes))
                for entry in datagram.entries {
                    // Eight bytes of chance meet by chance once in 2^64.
                    for start in stride(from: 0, to: entry.count - 8, by: 8) {
                        seen.insert(Array(entry[start..<(start + 8)]))
                        pieces += 1
                    }
                }
            }
        }
        #expect(seen.count == pieces)
    }

    @Test(
        "as many and as long datagrams for nobody as for two hundred", arguments: [0, 1, 48, 200])
    func constantSize(count: Int) throws {
        for (_, datagrams) in try capture(contacts: count).prefix(5) {
            #expect(datagrams.count == BeaconBook.datagramsPerRound)
            #expect(datagrams.allSatisfy { $0.count == BeaconDatagram.byteCount })
            #expect(Set(datagrams.map { Array($0[..<24]) }).count == 1)
        }
        #expect(BeaconDatagram.byteCount <= 1_200)
    }

    @Test("neither name nor fingerprint nor address stands in it")
    func nothingInTheClear() throws {
        let places: [[UInt8]] = [
            Array(alice.bytes.prefix(6)), [192, 0, 2, 1], Array("alice".utf8),
            Array(fingerprint(0).bytes.prefix(6)),
        ]
        let found = try capture(contacts: 3).flatMap(\.datagrams).flatMap { datagram in
            places.filter { place in
                // Four bytes of chance meet four others once in 2^32; of 1,200 datagrams here
                // none should.
                (24..<(datagram.count - place.count)).contains {
                    Array(datagram[$0..<($0 + place.count)]) == place
                }
            }
        }
        #expect(found.isEmpty)
    }

    @Test("each of two hundred contacts has its turn")
    func turns() throws {
        let count = 200
        var book = BeaconBook(own: alice)
        let all = (0..<count).map { (fingerprint(UInt8($0)), secret(UInt64($0) + 1)) }
        book.update(contacts(all))
        var readers = all.map { other in
            var reader = BeaconBook(own: other.0)
            reader.update(contacts([(alice, other.1)]))
            return reader
        }
        var reached: Set<Int> = []
        var generator = SystemRandomNumberGenerator()
        for index in 0..<5 {
            let now = noon + Double(index) * 30
            for datagram in try book.round(
                at: now, saying: announcement(at: now), using: &generator)
            {
                for reader in readers.indices
                where !readers[reader].read(datagram, at: now).isEmpty { reached.insert(reader) }
            }
        }
        #expect(reached.count == count)
    }
}
