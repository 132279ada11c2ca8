import ChatIdentity
import ChatStore
import ChatValues
import Foundation
import Testing

@testable import ChatBackup

/// Backups that are authentic and whole, of a home that was no longer sound.
@Suite struct UnusableContentsTests {
    /// Makes a home, has something done to it, and says how restoring its backup ends.
    private func ending(
        keyPassphrase: Passphrase? = nil,
        _ harm: (UserFolder) async throws -> Void
    ) async throws -> IdentityError.Code? {
        let folder = try TemporaryFolder()
        let (home, _) = try await makeAlice(in: folder.home, keyPassphrase: keyPassphrase)
        try await harm(home)
        try BackupWriter(of: home, to: folder.backup, replacing: false)
            .write(passphrase: secret())
        let code = await code {
            try await restore(
                folder.backup, into: folder.otherHome, keyPassphrase: keyPassphrase)
        }
        #expect(try files(folder.otherHome.path) == [".restore.lock"])
        return code
    }

    @Test func messagesOfAnotherKeyAreRefused() async throws {
        let code = try await ending { home in
            try home.save(
                Identity.make(userName: home.userName), passphrase: nil, replacing: true)
        }
        #expect(code == .badBackup)
    }

    @Test func anotherKeysCertificateIsRefused() async throws {
        // Nobody sees it while making the backup: the key is encrypted.
        let code = try await ending(keyPassphrase: secret("key")) { home in
            let other = try Identity.make(userName: home.userName)
            try write(other.certificate.pem.utf8, to: home.certificatePath)
        }
        #expect(code == .badBackup)
    }

    @Test func aPairThatIsNoneIsNotBackedUp() async throws {
        let folder = try TemporaryFolder()
        let (home, _) = try await makeAlice(in: folder.home)
        let other = try Identity.make(userName: home.userName)
        try write(other.certificate.pem.utf8, to: home.certificatePath)
        let code = await code {
            try BackupWriter(of: home, to: folder.backup, replacing: false)
                .write(passphrase: secret())
        }
        #expect(code == .keyMismatch)
        #expect(try files(folder.path) == ["home"])
    }

    @Test func aFileThatIsNoDatabaseIsNotBackedUp() async throws {
        let folder = try TemporaryFolder()
        let (home, _) = try await makeAlice(in: folder.home)
        try write([UInt8](repeating: 0x41, count: 8_192), to: home.databasePath)
        #expect(throws: (any Error).self) {
            try BackupWriter(of: home, to: folder.backup, replacing: false)
                .write(passphrase: secret())
        }
        #expect(try files(folder.path) == ["home"])
        #expect(try !files(home.path).contains(".backup.sqlite"))
    }

    @Test func whatACrashedRestoreLeftIsRemoved() async throws {
        let folder = try TemporaryFolder()
        let (home, _) = try await makeAlice(in: folder.home)
        try BackupWriter(of: home, to: folder.backup, replacing: false)
            .write(passphrase: secret())
        let left = folder.otherHome.path + "/.restore"
        try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
        try write("half".utf8, to: left + "/key.pem")
        try await restore(folder.backup, into: folder.otherHome)
        #expect(try files(folder.otherHome.path) == [".restore.lock", alice])
    }
}
