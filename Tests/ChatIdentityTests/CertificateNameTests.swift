import ChatIdentity
import ChatValues
import Foundation
import Testing

/// The name in a certificate is handed on as it stands, whatever it holds.
struct CertificateNameTests {
    @Test func anEmbeddedNULIsPartOfTheName() throws {
        var der = try Identity.make(userName: UserName("bobXexample")).certificate.der
        let name = Array("bobXexample".utf8)
        for start in 0...(der.count - name.count)
        where Array(der[start..<start + name.count]) == name {
            der[start + 3] = 0
        }
        #expect(try Certificate(der: der).commonName == "bob\0example")
    }

    @Test(arguments: [
        ("/CN=Alice Liddell", "Alice Liddell"),
        ("/O=Wonderland/CN=alice/emailAddress=a@b.example", "alice"),
        ("/CN=first/CN=second", "first"),
        ("/CN=\u{1B}[31mred\u{202E}", "\u{1B}[31mred\u{202E}"),
        ("/CN=Алиса", "Алиса"),
    ])
    func namesFromElsewhereAreReadExactly(subject: String, name: String) throws {
        let folder = try TemporaryFolder()
        let certificate = try certificate(subject: subject, in: folder)
        #expect(certificate.commonName == name)
    }

    @Test func aCertificateMayHaveNoName() throws {
        let folder = try TemporaryFolder()
        #expect(try certificate(subject: "/O=Nobody", in: folder).commonName == nil)
    }

    /// The old string types hold Latin-1 and UTF-16.
    @Test func otherEncodingsAreDecoded() throws {
        let folder = try TemporaryFolder()
        let configuration = try folder.write(
            "[req]\nstring_mask=MASK:0x800\ndistinguished_name=d\n[d]\n", to: "bmp.cnf")
        let key = folder.path + "/key.pem"
        try openssl("genpkey", "-algorithm", "ed25519", "-out", key)
        let file = folder.path + "/bmp.pem"
        try openssl(
            "req", "-x509", "-config", configuration, "-utf8", "-subj", "/CN=Zoë", "-key", key,
            "-out", file)
        #expect(try openssl("asn1parse", "-in", file).contains("BMPSTRING"))
        #expect(try Certificate.certificates(inFile: file).first?.commonName == "Zoë")
    }

    @Test func bytesThatAreNotUTF8MakeNoCertificate() throws {
        var der = try Identity.make(userName: UserName("bobXexample")).certificate.der
        let name = Array("bobXexample".utf8)
        for start in 0...(der.count - name.count)
        where Array(der[start..<start + name.count]) == name {
            der[start + 3] = 0xFF
        }
        #expect(errorCode { try Certificate(der: der) } == .notACertificate)
    }

    @Test func anIdentityNeedsANameWithoutControlCharacters() throws {
        let folder = try TemporaryFolder()
        for subject in ["/O=Nobody", "/CN=\u{1B}[31mred", "/CN=two\u{85}lines"] {
            let certificate = try certificate(subject: subject, in: folder)
            let key = try PrivateKey(pem: folder.bytes(of: "key.pem"), passphrase: nil)
            #expect(
                errorCode { try Identity(certificate: certificate, privateKey: key) } == .badName)
        }
    }

    private func certificate(subject: String, in folder: TemporaryFolder) throws -> Certificate {
        let key = folder.path + "/key.pem"
        let file = folder.path + "/certificate.pem"
        try openssl("genpkey", "-algorithm", "ed25519", "-out", key)
        try openssl("req", "-x509", "-utf8", "-subj", subject, "-key", key, "-out", file)
        return try #require(try Certificate.certificates(inFile: file).first)
    }
}
