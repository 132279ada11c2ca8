import Foundation
import Testing

@testable import ChatIdentity

@Suite("A wrapped key opens for its owner alone")
struct WrappedKeyTests {
    private func bytes(_ secret: SecretBytes) -> [UInt8] { secret.withBytes { Array($0) } }

    @Test(arguments: KeyType.allCases)
    func comesBack(type: KeyType) throws {
        let key = try SealingKey.random()
        let owner = try PrivateKey.generate(type)
        let wrapped = try WrappedKey(key, for: owner)
        #expect(wrapped.bytes.count == WrappedKey.byteCount)
        let stored = try WrappedKey(bytes: wrapped.bytes)
        #expect(try bytes(stored.unwrapped(by: owner).secret) == bytes(key.secret))
    }

    @Test(arguments: KeyType.allCases)
    func thePassphraseMakesNoDifference(type: KeyType) throws {
        let owner = try PrivateKey.generate(type)
        let key = try SealingKey.random()
        let wrapped = try WrappedKey(key, for: owner)
        var passphrase: Passphrase?
        for text in ["first", "second"] {
            let next = try Passphrase(copying: text.utf8)
            let again = try PrivateKey(pem: owner.pem(passphrase: next), passphrase: next)
            #expect(try bytes(wrapped.unwrapped(by: again).secret) == bytes(key.secret))
            #expect(try again.publicKeyDigest() == owner.publicKeyDigest())
            passphrase = next
        }
        #expect(passphrase != nil)
    }

    @Test(arguments: KeyType.allCases, KeyType.allCases)
    func anotherOwnerIsRefused(type: KeyType, other: KeyType) throws {
        let owner = try PrivateKey.generate(type)
        let wrapped = try WrappedKey(SealingKey.random(), for: owner)
        let stranger = try PrivateKey.generate(other)
        #expect(throws: SealingError.notAuthentic) { try wrapped.unwrapped(by: stranger) }
        #expect(try owner.publicKeyDigest() != stranger.publicKeyDigest())
    }

    @Test(arguments: KeyType.allCases, KeyType.allCases)
    func anotherKeyPairCanBeLetIn(old: KeyType, new: KeyType) throws {
        let key = try SealingKey.random()
        let first = try PrivateKey.generate(old)
        let second = try PrivateKey.generate(new)
        let wrapped = try WrappedKey(key, for: first)
        let rewrapped = try wrapped.rewrapped(from: first, to: second)
        #expect(try bytes(rewrapped.unwrapped(by: second).secret) == bytes(key.secret))
        #expect(throws: SealingError.notAuthentic) { try rewrapped.unwrapped(by: first) }
        #expect(throws: SealingError.notAuthentic) {
            try wrapped.rewrapped(from: second, to: first)
        }
    }

    @Test func noTwoWrappingsAreAlike() throws {
        let key = try SealingKey.random()
        let owner = try PrivateKey.generate(.ed25519)
        let wrapped = try (0..<2).map { _ in try WrappedKey(key, for: owner).bytes }
        #expect(wrapped[0][1..<33] != wrapped[1][1..<33])
        #expect(wrapped[0][33...] != wrapped[1][33...])
    }

    @Test func anyOtherByteIsRefused() throws {
        let owner = try PrivateKey.generate(.p256)
        let wrapped = try WrappedKey(SealingKey.random(), for: owner).bytes
        #expect(throws: SealingError.malformed) { try WrappedKey(bytes: []) }
        #expect(throws: SealingError.malformed) { try WrappedKey(bytes: wrapped.dropLast()) }
        #expect(throws: SealingError.malformed) { try WrappedKey(bytes: wrapped + [0]) }
        for index in wrapped.indices {
            var changed = wrapped
            changed[index] ^= 0x10
            #expect(throws: SealingError.self) {
                try WrappedKey(bytes: changed).unwrapped(by: owner)
            }
        }
    }

    @Test func thePublicKeyIsNamedAsOpenSSLNamesIt() throws {
        let folder = try TemporaryFolder()
        for type in KeyType.allCases {
            let key = try PrivateKey.generate(type)
            let file = try folder.write(key.pem(passphrase: nil), to: "key.pem")
            let der = folder.path + "/public.der"
            try openssl("pkey", "-in", file, "-pubout", "-outform", "DER", "-out", der)
            let digest = try openssl("dgst", "-sha256", "-r", der).prefix(64)
            #expect(hex(try key.publicKeyDigest()) == digest)
        }
    }

    // What the documentation says: HKDF by `openssl kdf`, and GCM's text by the counter mode that
    // it is made of, since `openssl enc` does no GCM.
    @Test(arguments: KeyType.allCases)
    func theStockToolsOpenIt(type: KeyType) throws {
        let folder = try TemporaryFolder()
        let key = try SealingKey.random()
        let owner = try PrivateKey.generate(type)
        let wrapped = try WrappedKey(key, for: owner).bytes
        let file = try folder.write(owner.pem(passphrase: nil), to: "key.pem")
        let printed = try openssl("pkey", "-in", file, "-text", "-noout")
        // "priv:", then lines of hexadecimal pairs, then "pub:".
        let start = try #require(printed.range(of: "priv:"))
        let end = try #require(printed.range(of: "pub:"))
        let secret = printed[start.upperBound..<end.lowerBound].filter(\.isHexDigit).suffix(64)
        let outer = try openssl(
            "kdf", "-keylen", "32", "-kdfopt", "digest:SHA256", "-kdfopt", "hexkey:\(secret)",
            "-kdfopt", "hexsalt:\(hex(wrapped[1..<33]))", "-kdfopt", "info:\(WrappedKey.info)",
            "HKDF"
        ).filter(\.isHexDigit)
        let sealed = try folder.write(wrapped[46..<78], to: "sealed")
        try openssl(
            "enc", "-d", "-aes-256-ctr", "-K", outer, "-iv", hex(wrapped[34..<46]) + "00000002",
            "-in", sealed, "-out", folder.path + "/opened")
        #expect(try folder.bytes(of: "opened") == bytes(key.secret))
    }

    /// The number 1 as a P-256 key: 31 leading zeros.
    @Test func leadingZerosCount() throws {
        let folder = try TemporaryFolder()
        let one: [UInt8] =
            [0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20] + [UInt8](repeating: 0, count: 31) + [1]
            + [0xA0, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
        let file = try folder.write(one, to: "key.der")
        let pem = try openssl("pkey", "-inform", "DER", "-in", file)
        let key = try PrivateKey(pem: Array(pem.utf8), passphrase: nil)
        #expect(
            try bytes(key.secretBytes()) == [UInt8](repeating: 0, count: 31) + [1])
    }

    private func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
