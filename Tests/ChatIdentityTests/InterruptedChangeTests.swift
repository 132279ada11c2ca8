import ChatIdentity
import ChatValues
import Foundation
import Testing

/// A process may die between any two steps of a change. Whatever it leaves behind, the next one
/// finds the old pair or the new one, and can go on.
struct InterruptedChangeTests {
    private let temporary: TemporaryFolder
    private let user: UserFolder
    private let new: Identity

    init() throws {
        temporary = try TemporaryFolder()
        user = try IdentityHome(path: temporary.path).user(UserName("alice"))
        new = try Identity.make(userName: UserName("alice"))
        try FileManager.default.createDirectory(
            atPath: user.path, withIntermediateDirectories: true)
        try setMode(0o700, of: user.path)
    }

    private var newKey: [UInt8] {
        get throws { try new.privateKey.pem(passphrase: nil).withBytes { Array($0) } }
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        try setMode(0o600, of: temporary.write(bytes, to: "alice/" + name))
    }

    private func expectCleanFolder(_ more: [String] = []) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: user.path).sorted()
        #expect(names == ([".identity.lock", "certificate.pem", "key.pem"] + more).sorted())
    }

    @Test func nothingButTheFolder() throws {
        #expect(errorCode { try user.load(passphrase: nil) } == .noIdentity)
        try user.save(new, passphrase: nil)
        #expect(try user.load(passphrase: nil).fingerprint == new.fingerprint)
        try expectCleanFolder()
    }

    @Test(arguments: [0, 1, 60, 119])
    func aPartOfTheNewKey(length: Int) throws {
        try write(Array(newKey.prefix(length)), to: ".key.pem.new")
        #expect(!user.hasIdentity)
        try user.save(new, passphrase: nil)
        #expect(try user.load(passphrase: nil).fingerprint == new.fingerprint)
        try expectCleanFolder()
    }

    @Test(arguments: [0, 1, 200, 1_000])
    func theNewKeyAndAPartOfTheNewCertificate(length: Int) throws {
        let other = try Identity.make(userName: UserName("alice"))
        try write(newKey, to: ".key.pem.new")
        try write(Array(new.certificate.pem.utf8.prefix(length)), to: ".certificate.pem.new")
        #expect(!user.hasIdentity)
        try user.save(other, passphrase: nil)
        #expect(try user.load(passphrase: nil).fingerprint == other.fingerprint)
        try expectCleanFolder()
    }

    @Test func theKeyInPlaceUnderBothNames() throws {
        try write(newKey, to: "key.pem")
        try FileManager.default.linkItem(
            atPath: user.keyPath, toPath: user.path + "/.key.pem.new")
        try write(Array(new.certificate.pem.utf8), to: ".certificate.pem.new")
        #expect(try user.load(passphrase: nil).fingerprint == new.fingerprint)
        try expectCleanFolder()
    }

    @Test func theKeyInPlaceAndTheCertificateNot() throws {
        try write(newKey, to: "key.pem")
        try write(Array(new.certificate.pem.utf8), to: ".certificate.pem.new")
        #expect(try user.certificate() == new.certificate)
        #expect(try user.load(passphrase: nil).fingerprint == new.fingerprint)
        try expectCleanFolder()
    }

    @Test func aReplacementBeforeTheKeyWasMoved() throws {
        let old = try Identity.make(userName: UserName("alice"))
        try user.save(old, passphrase: nil)
        try FileManager.default.linkItem(atPath: user.keyPath, toPath: user.keyPath + ".1")
        try write(newKey, to: ".key.pem.new")
        try write(Array(new.certificate.pem.utf8), to: ".certificate.pem.new")
        #expect(try user.load(passphrase: nil).fingerprint == old.fingerprint)
        try expectCleanFolder(["key.pem.1"])
    }

    @Test func aReplacementAfterTheKeyWasMoved() throws {
        let old = try Identity.make(userName: UserName("alice"))
        try user.save(old, passphrase: nil)
        try write(newKey, to: "key.pem")
        try write(Array(new.certificate.pem.utf8), to: ".certificate.pem.new")
        #expect(try user.load(passphrase: nil).fingerprint == new.fingerprint)
        try expectCleanFolder()
    }

    @Test func aNewPassphraseThatNeverTookItsPlace() throws {
        try user.save(new, passphrase: nil)
        let encrypted = try new.privateKey.pem(passphrase: Passphrase(copying: "x".utf8))
        try write(encrypted.withBytes { Array($0) }, to: ".key.pem.new")
        #expect(try user.load(passphrase: nil).fingerprint == new.fingerprint)
        try expectCleanFolder()
    }
}
