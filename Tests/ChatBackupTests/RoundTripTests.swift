import ChatCore
import ChatIdentity
import ChatStore
import ChatValues
import Foundation
import Testing

@testable import ChatBackup

@Suite struct RoundTripTests {
    @Test func whatWasSaidCanBeReadInAnotherHome() async throws {
        let folder = try TemporaryFolder()
        let (home, identity) = try await makeAlice(in: folder.home)
        let size = try BackupWriter(of: home, to: folder.backup, replacing: false)
            .write(passphrase: secret())
        #expect(UInt64(try bytes(of: folder.backup).count) == size)
        #expect(try await restore(folder.backup, into: folder.otherHome) == nil)
        let restored = folder.otherHome.user(try UserName(alice))
        #expect(try restored.load(passphrase: nil).fingerprint == identity.fingerprint)
        #expect(try await texts(restored) == ["one", "two"])
        let store = try ChatStore.open(at: restored.databasePath)
        #expect(try await store.load().contacts.map(\.name) == ["bob"])
        try await store.close()
        #expect(try files(folder.otherHome.path) == [".restore.lock", alice])
        #expect(try files(folder.path) == ["backup.tar", "home", "other"])
    }

    @Test func theKeyKeepsItsOwnPassphrase() async throws {
        let folder = try TemporaryFolder()
        let key = try secret("the key's own")
        let (home, _) = try await makeAlice(in: folder.home, keyPassphrase: key)
        try BackupWriter(of: home, to: folder.backup, replacing: false)
            .write(passphrase: secret())
        let needed = await code { try await restore(folder.backup, into: folder.otherHome) }
        #expect(needed == .passphraseNeeded)
        let wrong = await code {
            try await restore(folder.backup, into: folder.otherHome, keyPassphrase: secret())
        }
        #expect(wrong == .wrongPassphrase)
        #expect(try files(folder.otherHome.path) == [".restore.lock"])
        try await restore(folder.backup, into: folder.otherHome, keyPassphrase: key)
        let restored = folder.otherHome.user(try UserName(alice))
        #expect(try bytes(of: restored.keyPath) == bytes(of: home.keyPath))
        #expect(try await texts(restored, keyPassphrase: key) == ["one", "two"])
    }

    @Test func whatStandsInTheLogAloneIsInTheBackup() async throws {
        let folder = try TemporaryFolder()
        let (home, identity) = try await makeAlice(in: folder.home)
        // As a p2pchat has it that runs: open, with the newest in the log.
        let store = try ChatStore.open(at: home.databasePath)
        let history = try await store.unlock(with: identity.privateKey)
        _ = try await history.add([fromBob("three")])
        #expect(FileManager.default.fileExists(atPath: home.databasePath + "-wal"))
        try BackupWriter(of: home, to: folder.backup, replacing: false)
            .write(passphrase: secret())
        // And it goes on unharmed.
        _ = try await history.add([fromBob("four")])
        try await store.close()
        try await restore(folder.backup, into: folder.otherHome)
        let restored = folder.otherHome.user(try UserName(alice))
        #expect(try await texts(restored) == ["one", "two", "three"])
        #expect(try await texts(home) == ["one", "two", "three", "four"])
    }

    @Test func noCopyOfTheDatabaseStaysBehind() async throws {
        let folder = try TemporaryFolder()
        let (home, _) = try await makeAlice(in: folder.home)
        // What a crash has left.
        for ending in ["", "-journal"] {
            try write("left".utf8, to: home.path + "/.backup.sqlite" + ending)
        }
        try BackupWriter(of: home, to: folder.backup, replacing: false)
            .write(passphrase: secret())
        #expect(try files(home.path).filter { $0.hasPrefix(".backup") } == [".backup.lock"])
    }

    @Test func olderPairsComeAlong() async throws {
        let folder = try TemporaryFolder()
        let (home, old) = try await makeAlice(in: folder.home)
        let new = try Identity.make(userName: try UserName(alice))
        _ = try await KeyReplacement(in: home).replace(old, with: new, passphrase: nil)
        try BackupWriter(of: home, to: folder.backup, replacing: false)
            .write(passphrase: secret())
        try await restore(folder.backup, into: folder.otherHome)
        let restored = folder.otherHome.user(try UserName(alice))
        for name in ["key.pem", "certificate.pem", "key.pem.1", "certificate.pem.1"] {
            #expect(
                try bytes(of: restored.path + "/" + name) == bytes(of: home.path + "/" + name))
        }
        #expect(try restored.load(passphrase: nil).fingerprint == new.fingerprint)
    }

    @Test func aHomeWithoutADatabaseIsBackedUpToo() async throws {
        let folder = try TemporaryFolder()
        let name = try UserName(alice)
        let home = folder.home.user(name)
        try home.save(try Identity.make(userName: name), passphrase: nil)
        try BackupWriter(of: home, to: folder.backup, replacing: false)
            .write(passphrase: secret())
        try await restore(folder.backup, into: folder.otherHome)
        let restored = folder.otherHome.user(name)
        #expect(try restored.load(passphrase: nil).userName == alice)
        #expect(!FileManager.default.fileExists(atPath: restored.databasePath))
    }

    @Test func nothingIsOverwritten() async throws {
        let folder = try TemporaryFolder()
        let (home, identity) = try await makeAlice(in: folder.home)
        try write("mine".utf8, to: folder.backup)
        let taken = await code {
            _ = try BackupWriter(of: home, to: folder.backup, replacing: false)
        }
        #expect(taken == .exists)
        #expect(try bytes(of: folder.backup) == Array("mine".utf8))
        try BackupWriter(of: home, to: folder.backup, replacing: true)
            .write(passphrase: secret())
        let there = await code { try await restore(folder.backup, into: folder.home) }
        #expect(there == .exists)
        let kept = try await restore(folder.backup, into: folder.home, replacing: true)
        #expect(kept == home.path + "~1")
        #expect(try folder.home.users().map(\.text) == [alice])
        #expect(try await texts(home) == ["one", "two"])
        let former = UserFolder(path: home.path + "~1", userName: home.userName)
        #expect(try former.load(passphrase: nil).fingerprint == identity.fingerprint)
        #expect(
            try await restore(folder.backup, into: folder.home, replacing: true) == home.path + "~2"
        )
    }

    @Test func aRunningProgramKeepsItsFolder() async throws {
        let folder = try TemporaryFolder()
        let (home, _) = try await makeAlice(in: folder.home)
        try BackupWriter(of: home, to: folder.backup, replacing: false)
            .write(passphrase: secret())
        let lock = try HomeLock(home)
        let refused = await code {
            try await restore(folder.backup, into: folder.home, replacing: true)
        }
        #expect(refused == .inUse)
        withExtendedLifetime(lock) {}
        #expect(try files(folder.home.path) == [".restore.lock", alice])
    }

    @Test func anotherUsersBackupIsNoneOfOurs() async throws {
        let folder = try TemporaryFolder()
        let (home, _) = try await makeAlice(in: folder.home)
        try BackupWriter(of: home, to: folder.backup, replacing: false)
            .write(passphrase: secret())
        let refused = await code {
            try await restore(folder.backup, into: folder.otherHome, for: UserName("bob"))
        }
        #expect(refused == .badName)
        try await restore(folder.backup, into: folder.otherHome, for: UserName(alice))
    }
}
