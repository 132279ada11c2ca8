import ChatIdentity
import ChatValues
import Foundation
import Testing

/// What we make is what the design says, in the eyes of the stock tool.
struct NewIdentityTests {
    @Test(arguments: KeyType.allCases)
    func openSSLPrintsTheSameFingerprint(type: KeyType) throws {
        let folder = try TemporaryFolder()
        let identity = try Identity.make(userName: UserName("alice"), keyType: type)
        let file = try folder.write(identity.certificate.pem, to: "alice.pem")
        let printed = try openssl("x509", "-in", file, "-noout", "-fingerprint", "-sha256")
        #expect(Fingerprint(printed) == identity.fingerprint)
    }

    @Test(arguments: KeyType.allCases)
    func theCertificateHoldsTheNameAndNothingElse(type: KeyType) throws {
        let folder = try TemporaryFolder()
        let identity = try Identity.make(userName: UserName("zoë.Мария_7-x"), keyType: type)
        #expect(identity.userName == "zoë.Мария_7-x")
        #expect(identity.certificate.keyType == type)
        let file = try folder.write(identity.certificate.pem, to: "certificate.pem")
        let subject = try openssl(
            "x509", "-in", file, "-noout", "-subject", "-issuer", "-nameopt", "utf8,sep_comma_plus")
        #expect(subject == "subject=CN=zoë.Мария_7-x\nissuer=CN=zoë.Мария_7-x\n")
        let text = try openssl(
            "x509", "-in", file, "-noout", "-text", "-certopt", "no_pubkey,no_sigdump")
        #expect(text.contains("Version: 3 (0x2)"))
        #expect(text.contains("Not After : Dec 31 23:59:59 9999 GMT"))
        #expect(text.contains("X509v3 Basic Constraints: critical\n                CA:FALSE"))
        #expect(text.contains("X509v3 Key Usage: critical\n                Digital Signature"))
        #expect(text.components(separatedBy: "X509v3 ").count == 4, "two extensions: \(text)")
    }

    @Test func serialNumbersArePositiveRandomAnd128BitsLong() throws {
        let folder = try TemporaryFolder()
        var seen: Set<String> = []
        for _ in 0..<8 {
            let identity = try Identity.make(userName: UserName("alice"))
            let file = try folder.write(identity.certificate.pem, to: "alice.pem")
            let serial = try openssl("x509", "-in", file, "-noout", "-serial")
            #expect(serial.count == "serial=".count + 32 + 1, "\(serial)")
            #expect(!serial.contains("-"))
            seen.insert(serial)
        }
        #expect(seen.count == 8)
    }

    @Test(arguments: KeyType.allCases)
    func openSSLVerifiesItAgainstItself(type: KeyType) throws {
        let folder = try TemporaryFolder()
        let identity = try Identity.make(userName: UserName("alice"), keyType: type)
        let file = try folder.write(identity.certificate.pem, to: "alice.pem")
        let verdict = try openssl("verify", "-check_ss_sig", "-x509_strict", "-CAfile", file, file)
        #expect(verdict == "\(file): OK\n")
    }

    @Test(arguments: KeyType.allCases)
    func everyIdentityHasAKeyOfItsOwn(type: KeyType) throws {
        let one = try Identity.make(userName: UserName("alice"), keyType: type)
        let other = try Identity.make(userName: UserName("alice"), keyType: type)
        #expect(one.fingerprint != other.fingerprint)
        #expect(one.privateKey.matches(one.certificate))
        #expect(!one.privateKey.matches(other.certificate))
        #expect(
            errorCode {
                try Identity(certificate: one.certificate, privateKey: other.privateKey)
            } == .keyMismatch)
    }
}
