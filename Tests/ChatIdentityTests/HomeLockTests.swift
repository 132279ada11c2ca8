import ChatIdentity
import ChatValues
import Foundation
import Testing

/// One running program per user.
struct HomeLockTests {
    private let temporary: TemporaryFolder
    private let user: UserFolder

    init() throws {
        temporary = try TemporaryFolder()
        user = try IdentityHome(path: temporary.path).user(UserName("alice"))
        try user.save(Identity.make(userName: UserName("alice")), passphrase: nil)
    }

    @Test func theSecondIsToldWhoHoldsIt() throws {
        let lock = try HomeLock(user)
        let error = #expect(throws: IdentityError.self) { try HomeLock(user) }
        #expect(error?.code == .inUse)
        #expect(error?.exitStatus == 75)
        #expect(error?.description.contains("process \(getpid());") == true)
        #expect(try mode(of: user.path + "/lock") == 0o600)
        withExtendedLifetime(lock) {}
    }

    @Test func itIsFreeOnceTheHolderIsGone() throws {
        var lock: HomeLock? = try HomeLock(user)
        #expect(lock != nil)
        lock = nil
        lock = try HomeLock(user)
        #expect(try temporary.bytes(of: "alice/lock") == Array("\(getpid())\n".utf8))
    }

    @Test func whatADeadProcessLeftInTheFileIsNoLock() throws {
        _ = try temporary.write("4194304\nand more", to: "alice/lock")
        let lock = try HomeLock(user)
        #expect(try temporary.bytes(of: "alice/lock") == Array("\(getpid())\n".utf8))
        withExtendedLifetime(lock) {}
    }

    @Test func anIdentityCanBeLoadedAndItsPassphraseChangedMeanwhile() throws {
        let lock = try HomeLock(user)
        try user.changePassphrase(from: nil, to: Passphrase(copying: "x".utf8))
        #expect(errorCode { try user.load(passphrase: nil) } == .passphraseNeeded)
        withExtendedLifetime(lock) {}
    }

    @Test func aLinkInPlaceOfTheFileIsNotFollowed() throws {
        let target = try temporary.write("precious", to: "target")
        try FileManager.default.createSymbolicLink(
            atPath: user.path + "/lock", withDestinationPath: target)
        #expect(errorCode { try HomeLock(user) } != nil)
        #expect(try temporary.bytes(of: "target") == Array("precious".utf8))
    }

    /// A child that outlives the holder must not keep the lock.
    @Test func processesThatAreStartedDoNotInheritIt() throws {
        var lock: HomeLock? = try HomeLock(user)
        #expect(lock != nil)
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/cat")
        let input = Pipe()
        child.standardInput = input
        child.standardOutput = FileHandle.nullDevice
        try child.run()
        lock = nil
        lock = try HomeLock(user)
        try input.fileHandleForWriting.close()
        child.waitUntilExit()
    }
}
