import Foundation
import Testing

@testable import ChatIdentity

/// What backups are encrypted and authenticated with, held against the stock `openssl`.
@Suite struct ArchiveCipherTests {
    private static let word = "correct horse"
    private static let salt: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 0xFF]
    private static let options = [
        "enc", "-aes-256-cbc", "-pbkdf2", "-md", "sha256", "-iter", "600000",
    ]

    private func keys() throws -> ArchiveKeys {
        try ArchiveKeys(passphrase: Passphrase(copying: Self.word.utf8), salt: Self.salt)
    }

    private func run(
        _ direction: ArchiveCipher.Direction, _ input: [UInt8], pieces: Int, _ keys: ArchiveKeys
    ) throws -> [UInt8]? {
        let cipher = try ArchiveCipher(direction, keys)
        var output: [UInt8] = []
        for start in stride(from: 0, to: input.count, by: pieces) {
            try Array(input[start..<min(start + pieces, input.count)]).withUnsafeBytes {
                try cipher.update($0) { output += $0 }
            }
        }
        return try cipher.finish { output += $0 } ? output : nil
    }

    @Test(arguments: [0, 1, 15, 16, 17, 1_000, 65_536])
    func opensslOpensWhatWeEncrypt(_ count: Int) throws {
        let folder = try TemporaryFolder()
        let text = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let keys = try keys()
        let encrypted = try #require(try run(.encrypting, text, pieces: 100, keys))
        #expect(UInt64(encrypted.count) == ArchiveCipher.encryptedByteCount(UInt64(count)))
        let file = try folder.write(Array("Salted__".utf8) + Self.salt + encrypted, to: "file")
        let word = try folder.write(Self.word + "\n", to: "word")
        try openssl(
            Self.options + ["-d", "-pass", "file:\(word)", "-in", file, "-out", file + ".txt"])
        #expect(try folder.bytes(of: "file.txt") == text)
        #expect(try run(.decrypting, encrypted, pieces: 33, keys) == text)
    }

    @Test func weOpenWhatOpensslEncrypts() throws {
        let folder = try TemporaryFolder()
        let text = Array("what was said".utf8)
        let word = try folder.write(Self.word + "\n", to: "word")
        let file = try folder.write(text, to: "text")
        try openssl(
            Self.options + ["-pass", "file:\(word)", "-in", file, "-out", file + ".enc"])
        let encrypted = try folder.bytes(of: "text.enc")
        let keys = try ArchiveKeys(
            passphrase: Passphrase(copying: Self.word.utf8), salt: Array(encrypted[8..<16]))
        #expect(try run(.decrypting, Array(encrypted[16...]), pieces: 5, keys) == text)
    }

    @Test func theKeysAreOneStreamOfPBKDF2() throws {
        let keys = try keys()
        let printed = try openssl(
            "kdf", "-keylen", "80", "-kdfopt", "digest:SHA256", "-kdfopt", "pass:\(Self.word)",
            "-kdfopt", "hexsalt:01020304050607ff", "-kdfopt", "iter:600000", "PBKDF2")
        let parts = [keys.cipherKey, keys.initialisationVector, keys.authenticationKey]
        let ours = parts.flatMap { $0.withBytes { Array($0) } }.map { String(format: "%02X", $0) }
        #expect(printed.trimmingCharacters(in: .newlines) == ours.joined(separator: ":"))
    }

    @Test func codeAndDigestAreOpenssls() throws {
        let folder = try TemporaryFolder()
        let text = (0..<5_000).map { UInt8(truncatingIfNeeded: $0) }
        let file = try folder.write(text, to: "file")
        let keys = try keys()
        let authenticator = try ArchiveAuthenticator(keys)
        let digest = try ArchiveDigest()
        for start in stride(from: 0, to: text.count, by: 77) {
            try Array(text[start..<min(start + 77, text.count)]).withUnsafeBytes {
                try authenticator.update($0)
                try digest.update($0)
            }
        }
        func hex(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }
        let key = keys.authenticationKey.withBytes { hex(Array($0)) }
        let code = try openssl("dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:\(key)", file)
        #expect(code.hasSuffix("= \(hex(try authenticator.finish()))\n"))
        #expect(try openssl("dgst", "-sha256", file).hasSuffix("= \(hex(try digest.finish()))\n"))
    }

    @Test func anotherPassphraseOpensNothing() throws {
        let text = [UInt8](repeating: 0x41, count: 4_096)
        let encrypted = try #require(try run(.encrypting, text, pieces: 512, keys()))
        let other = try ArchiveKeys(
            passphrase: Passphrase(copying: "wrong".utf8), salt: Self.salt)
        #expect(try run(.decrypting, encrypted, pieces: 512, other) != text)
        let one = try ArchiveAuthenticator(keys()).finish()
        #expect(!ArchiveAuthenticator.isSame(one, try ArchiveAuthenticator(other).finish()))
        #expect(ArchiveAuthenticator.isSame(one, try ArchiveAuthenticator(keys()).finish()))
    }
}
