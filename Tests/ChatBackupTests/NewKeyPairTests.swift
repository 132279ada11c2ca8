import ChatCore
import ChatIdentity
import ChatStore
import ChatValues
import Foundation
import Testing

@testable import ChatBackup

/// A new key pair and the messages that were the old one's.
@Suite struct NewKeyPairTests {
    private func newIdentity() throws -> Identity {
        try Identity.make(userName: try UserName(alice))
    }

    private func storeCode(_ call: () async throws -> Void) async throws -> StoreFailure.Code? {
        do {
            try await call()
            return nil
        } catch let failure as StoreFailure {
            return failure.code
        }
    }

    @Test func theNewPairReadsAndTheOldDoesNot() async throws {
        let folder = try TemporaryFolder()
        let (home, old) = try await makeAlice(in: folder.home)
        let new = try newIdentity()
        let kept = try await KeyReplacement(in: home).replace(old, with: new, passphrase: nil)
        #expect(kept == [home.keyPath + ".1", home.certificatePath + ".1"])
        #expect(try home.load(passphrase: nil).fingerprint == new.fingerprint)
        #expect(try await texts(home) == ["one", "two"])
        #expect(try await storeCode { _ = try await texts(home, reader: old) } == .wrongKey)
    }

    @Test func aCrashAfterTheNewMayReadChangesNothingForTheOld() async throws {
        let folder = try TemporaryFolder()
        let (home, old) = try await makeAlice(in: folder.home)
        let lost = try newIdentity()
        let store = try ChatStore.open(at: home.databasePath)
        try await store.rewrap(old: old.privateKey, new: lost.privateKey)
        try await store.close()
        #expect(try await texts(home) == ["one", "two"])
        // The next attempt succeeds, and the pair that never came to be reads nothing.
        let new = try newIdentity()
        _ = try await KeyReplacement(in: home).replace(old, with: new, passphrase: nil)
        #expect(try await texts(home) == ["one", "two"])
        #expect(try await storeCode { _ = try await texts(home, reader: lost) } == .wrongKey)
    }

    @Test func aCrashAfterTheSwapLeavesAPairThatReads() async throws {
        let folder = try TemporaryFolder()
        let (home, old) = try await makeAlice(in: folder.home)
        let new = try newIdentity()
        let store = try ChatStore.open(at: home.databasePath)
        try await store.rewrap(old: old.privateKey, new: new.privateKey)
        try await store.close()
        try home.save(new, passphrase: nil, replacing: true)
        #expect(try await texts(home) == ["one", "two"])
        let newest = try newIdentity()
        _ = try await KeyReplacement(in: home).replace(new, with: newest, passphrase: nil)
        #expect(try await texts(home) == ["one", "two"])
        for former in [old, new] {
            #expect(try await storeCode { _ = try await texts(home, reader: former) } == .wrongKey)
        }
    }

    @Test func messagesAreSetAsideForTheOldKey() async throws {
        let folder = try TemporaryFolder()
        let (home, old) = try await makeAlice(in: folder.home)
        let new = try newIdentity()
        let replacement = try await KeyReplacement(in: home)
        #expect(replacement.messageCount == 2)
        let kept = try await replacement.replaceLeavingMessages(
            with: new, passphrase: nil, replacing: true)
        let aside = home.databasePath + ".1"
        #expect(kept.contains(aside))
        #expect(try await texts(home) == [])
        let store = try ChatStore.open(at: home.databasePath)
        #expect(try await store.load().contacts.map(\.name) == ["bob"])
        try await store.close()
        let mode = try FileManager.default.attributesOfItem(atPath: aside)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        let former = try ChatStore.open(at: aside)
        let page = try await former.unlock(with: old.privateKey)
            .page(with: try bob(), before: nil, limit: 10)
        #expect(page.messages.map(\.text) == ["one", "two"])
        try await former.close()
    }

    @Test func aCrashWhileSettingAsideLeavesTheOldPairAtWork() async throws {
        let folder = try TemporaryFolder()
        let (home, old) = try await makeAlice(in: folder.home)
        // After the copy and the removal, before the swap.
        let store = try ChatStore.open(at: home.databasePath)
        try ChatStore.snapshot(of: home.databasePath, to: home.databasePath + ".1")
        try await store.dropMessages()
        try await store.close()
        #expect(try await texts(home, reader: old) == [])
        let kept = try await KeyReplacement(in: home).replaceLeavingMessages(
            with: newIdentity(), passphrase: nil, replacing: true)
        #expect(kept == [home.keyPath + ".1", home.certificatePath + ".1"])
        #expect(try await texts(home) == [])
    }

    @Test func aNewPassphraseChangesNothingForTheMessages() async throws {
        let folder = try TemporaryFolder()
        let (home, _) = try await makeAlice(in: folder.home)
        let before = try bytes(of: home.databasePath)
        let word = try secret("new")
        try home.changePassphrase(from: nil, to: word)
        #expect(try bytes(of: home.databasePath) == before)
        #expect(try await texts(home, keyPassphrase: word) == ["one", "two"])
        try home.changePassphrase(from: word, to: nil)
        #expect(try await texts(home) == ["one", "two"])
    }

    @Test func aRunningProgramKeepsItsKey() async throws {
        let folder = try TemporaryFolder()
        let (home, _) = try await makeAlice(in: folder.home)
        let lock = try HomeLock(home)
        #expect(await code { _ = try await KeyReplacement(in: home) } == .inUse)
        withExtendedLifetime(lock) {}
    }
}
