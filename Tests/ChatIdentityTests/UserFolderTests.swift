import ChatIdentity
import ChatValues
import Foundation
import Testing

/// Saving and loading an identity.
struct UserFolderTests {
    private let temporary: TemporaryFolder
    private let user: UserFolder
    private let identity: Identity

    init() throws {
        temporary = try TemporaryFolder()
        user = try IdentityHome(path: temporary.path + "/a/b/home").user(UserName("alice"))
        identity = try Identity.make(userName: UserName("alice"))
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: user.path).sorted()
    }

    @Test(arguments: [nil, "open sesame"])
    func whatWasSavedIsLoaded(text: String?) throws {
        let passphrase = try text.map { try Passphrase(copying: $0.utf8) }
        #expect(!user.hasIdentity)
        try user.save(identity, passphrase: passphrase)
        #expect(user.hasIdentity)
        let loaded = try user.load(passphrase: passphrase)
        #expect(loaded.fingerprint == identity.fingerprint)
        #expect(loaded.userName == "alice")
        #expect(try user.certificate() == identity.certificate)
        #expect(try files() == [".identity.lock", "certificate.pem", "key.pem"])
    }

    @Test func anEncryptedKeyAsksForItsPassphrase() throws {
        try user.save(identity, passphrase: Passphrase(copying: "right".utf8))
        #expect(errorCode { try user.load(passphrase: nil) } == .passphraseNeeded)
        #expect(
            errorCode { try user.load(passphrase: Passphrase(copying: "wrong".utf8)) }
                == .wrongPassphrase)
        #expect(try user.certificate() == identity.certificate)
    }

    @Test func foldersAndFilesAreClosedToOthers() throws {
        try user.save(identity, passphrase: nil)
        for path in [user.path, temporary.path + "/a", temporary.path + "/a/b/home"] {
            #expect(try mode(of: path) == 0o700)
        }
        #expect(try mode(of: user.keyPath) == 0o600)
        #expect(try mode(of: user.certificatePath) == 0o644)
    }

    @Test func aFolderThatStoodOpenIsClosed() throws {
        try FileManager.default.createDirectory(
            atPath: user.path, withIntermediateDirectories: true)
        try setMode(0o777, of: user.path)
        try user.save(identity, passphrase: nil)
        #expect(try mode(of: user.path) == 0o700)
        #expect(try user.load(passphrase: nil).fingerprint == identity.fingerprint)
    }

    @Test func savingNeverOverwrites() throws {
        try user.save(identity, passphrase: nil)
        let other = try Identity.make(userName: UserName("alice"))
        #expect(errorCode { try user.save(other, passphrase: nil) } == .exists)
        #expect(try user.load(passphrase: nil).fingerprint == identity.fingerprint)
        try FileManager.default.removeItem(atPath: user.keyPath)
        #expect(errorCode { try user.save(other, passphrase: nil) } == .exists)
        #expect(try user.certificate() == identity.certificate)
    }

    @Test func replacingKeepsEveryOldPair() throws {
        var all = [identity]
        try user.save(identity, passphrase: nil)
        for number in 1...3 {
            let next = try Identity.make(userName: UserName("alice"))
            let kept = try user.save(next, passphrase: nil, replacing: true)
            #expect(
                kept == [user.keyPath + ".\(number)", user.certificatePath + ".\(number)"])
            all.append(next)
        }
        #expect(try user.load(passphrase: nil).fingerprint == all[3].fingerprint)
        for number in 1...3 {
            let key = try temporary.bytes(of: "a/b/home/alice/key.pem.\(number)")
            let certificate = try Certificate.certificates(
                inFile: user.certificatePath + ".\(number)")
            #expect(certificate == [all[number - 1].certificate])
            #expect(try PrivateKey(pem: key, passphrase: nil).matches(certificate[0]))
            #expect(try mode(of: user.keyPath + ".\(number)") == 0o600)
        }
    }

    @Test func thePassphraseCanBeSetChangedAndRemoved() throws {
        try user.save(identity, passphrase: nil)
        let one = try Passphrase(copying: "one".utf8)
        let two = try Passphrase(copying: "two".utf8)
        try user.changePassphrase(from: nil, to: one)
        #expect(errorCode { try user.changePassphrase(from: nil, to: two) } == .passphraseNeeded)
        #expect(errorCode { try user.changePassphrase(from: two, to: two) } == .wrongPassphrase)
        try user.changePassphrase(from: one, to: two)
        #expect(try user.load(passphrase: two).fingerprint == identity.fingerprint)
        #expect(errorCode { try user.load(passphrase: one) } == .wrongPassphrase)
        try user.changePassphrase(from: two, to: nil)
        #expect(try user.load(passphrase: nil).fingerprint == identity.fingerprint)
        #expect(try mode(of: user.keyPath) == 0o600)
        #expect(try files() == [".identity.lock", "certificate.pem", "key.pem"])
    }

    @Test func ofManyWhoSaveAtOnceOneWins() async throws {
        let outcomes = await withTaskGroup(of: Result<Identity, any Error>.self) { group in
            for _ in 0..<16 {
                group.addTask { [user] in
                    Result {
                        let identity = try Identity.make(userName: UserName("alice"))
                        try user.save(identity, passphrase: nil)
                        return identity
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let winners = outcomes.compactMap { try? $0.get() }
        #expect(winners.count == 1)
        for case .failure(let error) in outcomes {
            #expect((error as? IdentityError)?.code == .exists)
        }
        #expect(try user.load(passphrase: nil).fingerprint == winners.first?.fingerprint)
        #expect(try files() == [".identity.lock", "certificate.pem", "key.pem"])
    }

    @Test func readersNeverSeeHalfAPairWhileItIsReplaced() async throws {
        try user.save(identity, passphrase: nil)
        try await withThrowingTaskGroup(of: Void.self) { [user] group in
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<10 {
                        let next = try Identity.make(userName: UserName("alice"))
                        try user.save(next, passphrase: nil, replacing: true)
                    }
                }
                group.addTask {
                    for _ in 0..<40 { _ = try user.load(passphrase: nil) }
                }
            }
            try await group.waitForAll()
        }
        #expect(FileManager.default.fileExists(atPath: user.keyPath + ".20"))
    }
}
