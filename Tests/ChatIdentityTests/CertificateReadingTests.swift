import ChatIdentity
import ChatValues
import Foundation
import Testing

/// Bytes from anywhere become certificates, or errors.
struct CertificateReadingTests {
    private func makeCertificate(_ name: String = "alice") throws -> Certificate {
        try Identity.make(userName: UserName(name)).certificate
    }

    @Test func aCertificateComesBackFromDERAndPEM() throws {
        let certificate = try makeCertificate()
        let fromDER = try Certificate(der: certificate.der)
        let fromPEM = try Certificate.certificates(inPEM: Array(certificate.pem.utf8))
        #expect(fromDER.fingerprint == certificate.fingerprint)
        #expect(fromDER.commonName == "alice")
        #expect(fromDER.keyType == .ed25519)
        #expect(fromPEM == [certificate])
    }

    @Test func thePEMIsWhatOpenSSLWrites() throws {
        let folder = try TemporaryFolder()
        let certificate = try makeCertificate()
        let file = try folder.write(certificate.der, to: "alice.der")
        #expect(try openssl("x509", "-inform", "DER", "-in", file) == certificate.pem)
    }

    @Test func severalCertificatesInOnePEMAreAllRead() throws {
        let (alice, bob) = (try makeCertificate("alice"), try makeCertificate("bob"))
        let key = try PrivateKey.generate(.ed25519).pem(passphrase: nil)
        let text =
            "Alice's:\n\(alice.pem)\r\n\n"
            + key.withBytes { String(decoding: $0, as: UTF8.self) }
            + bob.pem.replacingOccurrences(of: "\n", with: "\r\n") + alice.pem + "The end"
        let found = try Certificate.certificates(inPEM: Array(text.utf8))
        #expect(found == [alice, bob])
    }

    @Test func oneBrokenCertificateAmongSeveralSpoilsTheFile() throws {
        let (alice, bob) = (try makeCertificate("alice"), try makeCertificate("bob"))
        var lines = bob.pem.split(separator: "\n")
        lines.remove(at: 2)
        for text in [
            alice.pem + lines.joined(separator: "\n") + "\n", alice.pem + bob.pem.dropLast(40),
            alice.pem + "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
        ] {
            #expect(
                errorCode { try Certificate.certificates(inPEM: Array(text.utf8)) }
                    == .notACertificate)
        }
    }

    @Test func truncatedDERIsRefusedAtEveryLength() throws {
        let der = try makeCertificate().der
        for length in 0..<der.count {
            #expect(throws: IdentityError.self) { try Certificate(der: der[..<length]) }
        }
    }

    @Test func bytesAfterTheCertificateAreRefused() throws {
        let der = try makeCertificate().der
        #expect(errorCode { try Certificate(der: der + [0]) } == .notACertificate)
        #expect(errorCode { try Certificate(der: der + der) } == .notACertificate)
    }

    @Test func everyFlippedBitGivesAnotherFingerprintOrAnError() throws {
        let certificate = try makeCertificate()
        for index in certificate.der.indices {
            var der = certificate.der
            der[index] ^= 0x10
            guard let other = try? Certificate(der: der) else { continue }
            #expect(other.fingerprint != certificate.fingerprint)
        }
    }

    /// A length in the long form where the short one would do is BER, and no certificate.
    @Test func lengthsThatAreNotDERAreRefused() throws {
        let der = try makeCertificate().der
        try #require(der[0] == 0x30 && der[1] == 0x82)
        let longer = [0x30, 0x83, 0x00] + der[2...]
        #expect(errorCode { try Certificate(der: longer) } == .notACertificate)
    }

    @Test func junkIsRefused() {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<1_048_576).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let texts: [[UInt8]] = [
            [], [0], Array("hello\n".utf8), [UInt8](repeating: 0x30, count: 1_048_576),
            [UInt8](repeating: 0x2D, count: 1_048_576),
            Array(String(repeating: "-----BEGIN CERTIFICATE-----\n", count: 30_000).utf8), random,
        ]
        for text in texts {
            #expect(errorCode { try Certificate.certificates(inPEM: text) } == .notACertificate)
            #expect(errorCode { try Certificate(der: text) } == .notACertificate)
        }
    }

    @Test func aFileWithOnlyAPrivateKeySaysSo() throws {
        let key = try PrivateKey.generate(.ed25519).pem(passphrase: nil).withBytes { Array($0) }
        let error = #expect(throws: IdentityError.self) {
            try Certificate.certificates(inPEM: key)
        }
        #expect(error?.description.contains("private key") == true)
    }

    @Test func filesMayBePEMOrDER() throws {
        let folder = try TemporaryFolder()
        let certificate = try makeCertificate()
        let pem = try folder.write(certificate.pem, to: "alice.pem")
        let der = try folder.write(certificate.der, to: "alice.crt")
        #expect(try Certificate.certificates(inFile: pem) == [certificate])
        #expect(try Certificate.certificates(inFile: der) == [certificate])
    }

    @Test func filesThatAreNoneSayWhatTheyAre() throws {
        let folder = try TemporaryFolder()
        let big = try folder.write([UInt8](repeating: 0x0A, count: 1_048_577), to: "big")
        let empty = try folder.write([], to: "empty")
        let read = { (path: String) in
            errorCode { try Certificate.certificates(inFile: path) }
        }
        #expect(read(folder.path + "/none.pem") == .missing)
        #expect(read(folder.path) == .unexpectedFile)
        #expect(read(big) == .unexpectedFile)
        #expect(read(empty) == .notACertificate)
        #expect(read(empty + "/alice.pem") == .unexpectedFile)
    }
}
