import ChatIdentity
import Foundation
import Testing

@testable import ChatBackup

/// Archives that somebody made who has the passphrase: authentic, and still not to be trusted with
/// more than a user's folder.
@Suite struct ForeignMemberTests {
    private static func file(
        _ name: String, _ content: String = "x", mode: UInt32 = 0o600
    ) -> [UInt8] {
        let bytes = Array(content.utf8)
        let size = UInt64(bytes.count)
        return TarHeader(name: name, kind: .file, mode: mode, size: size, time: 1).bytes + bytes
            + [UInt8](repeating: 0, count: TarHeader.padding(after: size))
    }

    private static func folder(_ name: String) -> [UInt8] {
        TarHeader(name: name, kind: .folder, mode: 0o700, size: 0, time: 1).bytes
    }

    /// A header with another type, and its checksum put right.
    private static func typed(_ type: Character, _ name: String) -> [UInt8] {
        var block = TarHeader(name: name, kind: .file, mode: 0o600, size: 0, time: 1).bytes
        block[156] = type.asciiValue ?? 0
        return sealed(block)
    }

    private static func sealed(_ header: [UInt8]) -> [UInt8] {
        var block = header
        for index in 148..<156 { block[index] = 0x20 }
        let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
        let field = String(repeating: "0", count: 6 - sum.count) + sum + "\u{0}"
        for (index, byte) in field.utf8.enumerated() { block[148 + index] = byte }
        return block
    }

    private static func huge(_ name: String) -> [UInt8] {
        TarHeader(name: name, kind: .file, mode: 0o600, size: 1 << 50, time: 1).bytes
    }

    private static let start = folder("alice/")

    private static let cases: [(String, [UInt8])] = [
        ("nothing", []),
        ("no folder first", file("alice/key.pem")),
        ("an absolute folder", folder("/alice/")),
        ("a folder above", folder("../")),
        ("an absolute path", start + file("/etc/passwd")),
        ("a path above", start + file("alice/../key.pem")),
        ("a path below", start + file("alice/below/key.pem")),
        ("another user's", start + file("bob/key.pem")),
        ("a second folder", start + folder("bob/")),
        ("a folder inside", start + folder("alice/key.pem/")),
        ("an unknown name", start + file("alice/.bashrc")),
        ("no name", start + file("alice/")),
        ("a hard link", start + typed("1", "alice/key.pem")),
        ("a symbolic link", start + typed("2", "alice/key.pem")),
        ("a device", start + typed("3", "alice/key.pem")),
        ("a pipe", start + typed("6", "alice/key.pem")),
        ("an extension", start + typed("x", "alice/key.pem")),
        ("an odd type", start + typed("\u{1}", "alice/key.pem")),
        ("two of one name", start + file("alice/key.pem") + file("alice/key.pem")),
        ("an executable", start + file("alice/key.pem", mode: 0o4755)),
        ("more than there is", start + huge("alice/key.pem")),
        ("an empty list", start + file("alice/SHA256SUMS", "")),
        (
            "a wrong list",
            start + file("alice/key.pem")
                + file(
                    "alice/SHA256SUMS", String(repeating: "0", count: 64) + "  key.pem\n")
        ),
    ]

    @Test func areRefusedWithASentence() async throws {
        let folder = try TemporaryFolder()
        let salt = try ArchiveKeys.randomSalt()
        let keys = try ArchiveKeys(passphrase: secret(), salt: salt)
        for (what, members) in Self.cases {
            for archive in [members, members + TarHeader.end] {
                let path = folder.path + "/made"
                try write(Self.backup(of: archive, salt: salt, keys: keys), to: path)
                let refused = await code {
                    _ = try BackupFile(path).unpack(
                        into: folder.otherHome, for: nil, replacing: false, keys: keys)
                }
                #expect(refused == .badBackup, "\(what)")
            }
        }
        #expect(try files(folder.otherHome.path) == [".restore.lock"])
        #expect(try files(folder.path) == ["made", "other"])
    }

    /// All of an archive as a backup has it from outside.
    static func backup(of archive: [UInt8], salt: [UInt8], keys: ArchiveKeys) throws -> [UInt8] {
        var output: [UInt8] = []
        let stream = BackupStream(
            encrypting: try ArchiveCipher(.encrypting, keys),
            authenticating: try ArchiveAuthenticator(keys)
        ) { output += $0 }
        func header(_ name: String, _ size: Int) -> [UInt8] {
            TarHeader(name: name, kind: .file, mode: 0o600, size: UInt64(size), time: 1).bytes
        }
        let readMe = Array(BackupFormat.readMeText.utf8)
        try stream.put(header(BackupFormat.readMe, readMe.count))
        try stream.put(readMe)
        try stream.pad(after: UInt64(readMe.count))
        let size = 16 + Int(ArchiveCipher.encryptedByteCount(UInt64(archive.count)))
        try stream.put(header(BackupFormat.archive, size))
        try stream.put(BackupFormat.saltMark + salt)
        try archive.withUnsafeBytes { try stream.putEncrypted($0) }
        try stream.finishEncrypted()
        try stream.pad(after: UInt64(size))
        let code = Array((hexadecimal(try stream.authenticationCode()) + "\n").utf8)
        try stream.put(header(BackupFormat.code, code.count))
        try stream.put(code)
        try stream.pad(after: UInt64(code.count))
        try stream.put(TarHeader.end)
        return output
    }

    @Test func sizesFromEightGiBOnAreWrittenAsGNUTarDoes() throws {
        for size: UInt64 in [0, 1, 1 << 33 - 1, 1 << 33, 1 << 40 + 12_345] {
            let header = TarHeader(
                name: "alice/p2pchat.sqlite", kind: .file, mode: 0o600, size: size, time: 1)
            #expect(try TarHeader(header.bytes) == header)
        }
        let large = TarHeader(name: "x", kind: .file, mode: 0o600, size: 1 << 33, time: 1).bytes
        #expect(large[124..<136] == [0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0])
    }
}
