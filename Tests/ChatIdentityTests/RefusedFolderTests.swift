import ChatIdentity
import ChatValues
import Foundation
import Testing

/// What lies in a home is not used where others may have had a hand in it.
struct RefusedFolderTests {
    private let temporary: TemporaryFolder
    private let user: UserFolder

    init() throws {
        temporary = try TemporaryFolder()
        user = try IdentityHome(path: temporary.path).user(UserName("alice"))
        try user.save(Identity.make(userName: UserName("alice")), passphrase: nil)
    }

    private func move(_ path: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: path, toPath: other)
    }

    private func link(_ path: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: target)
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666, 0o777])
    func aLooseKeyIsRefusedWithTheRemedy(mode: Int) throws {
        try setMode(mode, of: user.keyPath)
        let error = #expect(throws: IdentityError.self) { try user.load(passphrase: nil) }
        #expect(error?.code == .loosePermissions)
        #expect(error?.description.hasSuffix("chmod 600 \(user.keyPath)") == true)
        #expect(error?.exitStatus == 77)
        #expect(errorCode { try user.changePassphrase(from: nil, to: nil) } == .loosePermissions)
        try setMode(0o600, of: user.keyPath)
        _ = try user.load(passphrase: nil)
        try setMode(0o400, of: user.keyPath)
        _ = try user.load(passphrase: nil)
    }

    @Test(arguments: [0o755, 0o750, 0o711, 0o770, 0o707, 0o777])
    func aLooseFolderIsRefusedWithTheRemedy(mode: Int) throws {
        try setMode(mode, of: user.path)
        let error = #expect(throws: IdentityError.self) { try user.load(passphrase: nil) }
        #expect(error?.code == .loosePermissions)
        #expect(error?.description.hasSuffix("chmod 700 \(user.path)") == true)
        #expect(errorCode { try user.certificate() } == .loosePermissions)
        #expect(errorCode { try HomeLock(user) } == .loosePermissions)
        try setMode(0o700, of: user.path)
        _ = try user.load(passphrase: nil)
    }

    @Test func theRemedyIsQuotedForTheShell() throws {
        let home = IdentityHome(path: temporary.path + "/it's here")
        let other = try home.user(UserName("bob"))
        try other.save(Identity.make(userName: UserName("bob")), passphrase: nil)
        try setMode(0o644, of: other.keyPath)
        let error = #expect(throws: IdentityError.self) { try other.load(passphrase: nil) }
        #expect(
            error?.description.hasSuffix(
                "chmod 600 '\(temporary.path)/it'\\''s here/bob/key.pem'") == true)
    }

    @Test func symbolicLinksAreRefused() throws {
        for path in [user.keyPath, user.certificatePath, user.path] {
            try move(path, to: temporary.path + "/elsewhere")
            try link(path, to: temporary.path + "/elsewhere")
            #expect(errorCode { try user.load(passphrase: nil) } == .unexpectedFile)
            try FileManager.default.removeItem(atPath: path)
            try move(temporary.path + "/elsewhere", to: path)
        }
        _ = try user.load(passphrase: nil)
    }

    @Test func savingDoesNotFollowALinkInPlaceOfTheFolder() throws {
        let bob = try IdentityHome(path: temporary.path).user(UserName("bob"))
        try FileManager.default.createDirectory(
            atPath: temporary.path + "/target", withIntermediateDirectories: true)
        try link(bob.path, to: temporary.path + "/target")
        let identity = try Identity.make(userName: UserName("bob"))
        #expect(errorCode { try bob.save(identity, passphrase: nil) } == .unexpectedFile)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: temporary.path + "/target").isEmpty)
    }

    @Test func savingDoesNotWriteThroughALinkInPlaceOfTheKey() throws {
        let target = try temporary.write("precious", to: "target")
        try FileManager.default.removeItem(atPath: user.keyPath)
        try link(user.keyPath, to: target)
        let identity = try Identity.make(userName: UserName("alice"))
        #expect(errorCode { try user.save(identity, passphrase: nil) } == .exists)
        try user.save(identity, passphrase: nil, replacing: true)
        #expect(try temporary.bytes(of: "target") == Array("precious".utf8))
        #expect(try user.load(passphrase: nil).fingerprint == identity.fingerprint)
    }

    @Test func whatIsNoPlainFileIsRefused() throws {
        for path in [user.keyPath, user.certificatePath] {
            try move(path, to: temporary.path + "/elsewhere")
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
            #expect(errorCode { try user.load(passphrase: nil) } == .unexpectedFile)
            try FileManager.default.removeItem(atPath: path)
            #expect(mkfifo(path, 0o600) == 0)
            #expect(errorCode { try user.load(passphrase: nil) } == .unexpectedFile)
            try FileManager.default.removeItem(atPath: path)
            try move(temporary.path + "/elsewhere", to: path)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only the superuser can give files away"))
    func whatBelongsToAnotherUserIsRefused() throws {
        for path in [user.keyPath, user.certificatePath, user.path] {
            #expect(chown(path, 65_534, 65_534) == 0)
            #expect(errorCode { try user.load(passphrase: nil) } == .foreignOwner)
            #expect(chown(path, 0, 0) == 0)
        }
        _ = try user.load(passphrase: nil)
    }

    @Test func aPairThatDoesNotMatchIsRefused() throws {
        let other = try Identity.make(userName: UserName("alice"))
        _ = try temporary.write(other.certificate.pem, to: "alice/certificate.pem")
        let error = #expect(throws: IdentityError.self) { try user.load(passphrase: nil) }
        #expect(error?.code == .keyMismatch)
        #expect(error?.description.contains(user.keyPath) == true)
    }

    @Test func missingAndBrokenFilesAreNamed() throws {
        let certificate = try temporary.bytes(of: "alice/certificate.pem")
        try FileManager.default.removeItem(atPath: user.certificatePath)
        #expect(errorCode { try user.load(passphrase: nil) } == .missing)
        _ = try temporary.write("rubbish", to: "alice/certificate.pem")
        let error = #expect(throws: IdentityError.self) { try user.load(passphrase: nil) }
        #expect(error?.code == .notACertificate)
        #expect(error?.description.hasPrefix(user.certificatePath) == true)
        _ = try temporary.write(certificate, to: "alice/certificate.pem")
        try setMode(0o600, of: temporary.write("rubbish", to: "alice/key.pem"))
        #expect(errorCode { try user.load(passphrase: nil) } == .notAPrivateKey)
        try FileManager.default.removeItem(atPath: user.keyPath)
        #expect(errorCode { try user.load(passphrase: nil) } == .noIdentity)
    }
}
