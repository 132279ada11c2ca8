import ChatIdentity
import ChatValues
import Testing

@Suite("Hashes with a key are those of their documents")
struct KeyedHashTests {
    private func hex(_ text: String) -> [UInt8] {
        stride(from: 0, to: text.count, by: 2).compactMap { offset in
            let start = text.index(text.startIndex, offsetBy: offset)
            return UInt8(text[start..<text.index(start, offsetBy: 2)], radix: 16)
        }
    }

    @Test("HMAC-SHA256: RFC 4231, test case 2")
    func hmac() throws {
        let tag = try KeyedHash.hmac(
            Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(tag == hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"))
    }

    @Test("HKDF-SHA256: RFC 5869, test case 1")
    func hkdf() throws {
        let key = try KeyedHash.derive(
            from: [UInt8](repeating: 0x0B, count: 22), salt: hex("000102030405060708090a0b0c"),
            info: hex("f0f1f2f3f4f5f6f7f8f9"), count: 42)
        #expect(
            key
                == hex(
                    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                        + "34007208d5b887185865"))
    }

    @Test("a secret's name is not the secret, and is another for another")
    func names() throws {
        let one = try #require(RendezvousSecret(bytes: [UInt8](repeating: 1, count: 32)))
        let other = try #require(RendezvousSecret(bytes: [UInt8](repeating: 2, count: 32)))
        #expect(try one.name() == one.name())
        #expect(try one.name() != other.name())
        #expect(try one.name().count == 16)
        #expect("\(one)" == "RendezvousSecret(…)")
    }

    @Test("a signature holds for its text and its key alone", arguments: KeyType.allCases)
    func signatures(type: KeyType) throws {
        let alice = try Identity.make(userName: try UserName("alice"), keyType: type)
        let eve = try Identity.make(userName: try UserName("eve"), keyType: type)
        let signature = try alice.privateKey.signature(over: [1, 2, 3])
        #expect(alice.certificate.verifies(signature, over: [1, 2, 3]))
        #expect(!alice.certificate.verifies(signature, over: [1, 2, 4]))
        #expect(!eve.certificate.verifies(signature, over: [1, 2, 3]))
        #expect(!alice.certificate.verifies([], over: [1, 2, 3]))
    }
}
