import ChatIdentity
import ChatValues
import Foundation
import Testing

@testable import ChatBackup

/// However a backup is damaged, nothing of it is put in place.
@Suite struct DamageTests {
    /// Derives the keys of each salt once.
    private struct Attempts {
        let folder: TemporaryFolder
        var handedOn = 0
        var keys: [[UInt8]: ArchiveKeys] = [:]

        mutating func code(of damaged: [UInt8]) -> IdentityError.Code? {
            do {
                let path = folder.path + "/damaged"
                try write(damaged, to: path)
                let file = try BackupFile(path)
                let known =
                    try keys[file.salt]
                    ?? ArchiveKeys(passphrase: secret(), salt: file.salt)
                keys[file.salt] = known
                // Before all is authentic nothing is handed on; thus nothing is written either.
                try file.decrypt(known) { handedOn += $0.count }
                return nil
            } catch let error as IdentityError {
                return error.code
            } catch {
                Issue.record("another error was thrown: \(error)")
                return nil
            }
        }
    }

    private func small(_ folder: TemporaryFolder) throws -> [UInt8] {
        let name = try UserName(alice)
        let home = folder.home.user(name)
        try home.save(try Identity.make(userName: name), passphrase: nil)
        try BackupWriter(of: home, to: folder.backup, replacing: false)
            .write(passphrase: secret())
        return try bytes(of: folder.backup)
    }

    @Test func cutAnywhereItIsRefused() throws {
        let folder = try TemporaryFolder()
        let whole = try small(folder)
        var attempts = Attempts(folder: folder)
        #expect(attempts.code(of: whole) == nil)
        #expect(attempts.handedOn > 0)
        attempts.handedOn = 0
        for length in 0..<whole.count {
            let code = attempts.code(of: Array(whole[..<length]))
            #expect(code == .badBackup, "cut after \(length) bytes")
        }
        #expect(attempts.code(of: whole + [0]) == .badBackup)
        #expect(attempts.handedOn == 0)
    }

    @Test func withAnyByteChangedItIsRefused() throws {
        let folder = try TemporaryFolder()
        let whole = try small(folder)
        var attempts = Attempts(folder: folder)
        for index in whole.indices {
            var damaged = whole
            damaged[index] ^= 1 << UInt8(index % 8)
            let code = attempts.code(of: damaged)
            #expect(
                code == .badBackup || code == .wrongPassphrase || code == .newerBackup,
                "byte \(index) changed")
        }
        #expect(attempts.handedOn == 0)
    }

    @Test func aLargeOneWithAnyByteChangedIsRefused() async throws {
        let folder = try TemporaryFolder()
        let text = String(repeating: "x", count: 10_000)
        let (home, _) = try await makeAlice(
            in: folder.home, messages: (0..<60).map { "\($0) \(text)" })
        try BackupWriter(of: home, to: folder.backup, replacing: false)
            .write(passphrase: secret())
        let whole = try bytes(of: folder.backup)
        #expect(whole.count > 600_000)
        var attempts = Attempts(folder: folder)
        for index in stride(from: 11, to: whole.count, by: 23_003) {
            var damaged = whole
            damaged[index] ^= 0x80
            #expect(attempts.code(of: damaged) != nil, "byte \(index) changed")
            #expect(attempts.code(of: Array(whole[..<index])) == .badBackup, "cut at \(index)")
        }
    }

    @Test func anotherPassphraseIsRefused() async throws {
        let folder = try TemporaryFolder()
        _ = try small(folder)
        let code = await code {
            try await restore(
                folder.backup, into: folder.otherHome, passphrase: secret("another"))
        }
        #expect(code == .wrongPassphrase)
        #expect(try files(folder.otherHome.path) == [".restore.lock"])
    }

    @Test func whatIsNoBackupIsRefused() async throws {
        let folder = try TemporaryFolder()
        for content in [[], Array("hello".utf8), [UInt8](repeating: 0, count: 10_240)] {
            try write(content, to: folder.backup)
            #expect(await code { _ = try BackupFile(folder.backup) } == .badBackup)
        }
        #expect(await code { _ = try BackupFile(folder.path) } == .unexpectedFile)
        #expect(await code { _ = try BackupFile(folder.path + "/none") } == .missing)
    }

    @Test func aLaterVersionsIsSaidToBeOne() async throws {
        let folder = try TemporaryFolder()
        var whole = try small(folder)
        let version = try #require(whole.firstRange(of: Array("version 1\n".utf8)))
        whole[version.upperBound - 2] = UInt8(ascii: "2")
        try write(whole, to: folder.backup)
        #expect(await code { _ = try BackupFile(folder.backup) } == .newerBackup)
    }
}
