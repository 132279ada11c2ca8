import ChatCore
import ChatIdentity
import ChatValues
import Testing

@testable import ChatDiscovery

@Suite("What --discoverable leaves in the table under the fingerprint")
struct OpenRecordTests {
    private func identity(_ name: String, _ type: KeyType) throws -> Identity {
        try Identity.make(userName: UserName(name), keyType: type)
    }

    @Test("whoever knows the fingerprint reads the addresses", arguments: KeyType.allCases)
    func read(type: KeyType) throws {
        let bob = try identity("bob", type)
        var publisher = DHTBook(own: bob.fingerprint, discoverable: bob)
        let place = try #require(publisher.published(at: Cast.noon).first)
        let left = publisher.value(of: Cast.announcement(at: Cast.noon), at: place)
        let (key, bytes) = try #require(left)
        #expect(key.bytes == Array(bob.fingerprint.bytes.prefix(20)))
        #expect(bytes.count <= DHTLimits.value)

        var reader = DHTBook(own: Cast.alice)
        reader.update([Cast.contact(bob.fingerprint, nil)])
        #expect(reader.sought(at: Cast.noon) == [.open(bob.fingerprint)])
        #expect(reader.key(of: .open(bob.fingerprint)) == key)
        let candidate = reader.read(bytes, at: .open(bob.fingerprint), now: Cast.noon + 60)
        #expect(candidate?.addresses == [Cast.address()])
        #expect(candidate?.contact == bob.fingerprint)
    }

    @Test("another's signature, another's certificate, a changed byte or an old record: nothing")
    func forged() throws {
        let (bob, mallory) = (try identity("bob", .ed25519), try identity("bob", .ed25519))
        var reader = DHTBook(own: Cast.alice)
        reader.update([Cast.contact(bob.fingerprint, nil)])
        func isTaken(_ bytes: [UInt8], at now: Double = Cast.noon) -> Bool {
            reader.read(bytes, at: .open(bob.fingerprint), now: now) != nil
        }
        let announcement = Cast.announcement(at: Cast.noon)
        let theirs = try #require(OpenRecord.make(announcement, as: mallory))
        #expect(!isTaken(theirs))
        let record = try #require(OpenRecord.make(announcement, as: bob))
        // Bob's certificate, signed with mallory's key.
        let signature = Array(theirs.suffix(65))
        #expect(!isTaken(Array(record.dropLast(65)) + signature))
        for position in record.indices {
            var changed = record
            changed[position] ^= 1
            #expect(!isTaken(changed), "byte \(position)")
        }
        for length in record.indices { #expect(!isTaken(Array(record[..<length]))) }
        #expect(!isTaken(record + [0]))
        #expect(!isTaken(record, at: Cast.noon + 2 * 86_400))
        #expect(isTaken(record))
    }
}
