import ChatIdentity
import Foundation
import Testing

/// Keys and certificates made by the stock tool are as good as ours.
struct KeysFromOpenSSLTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ name: String) -> String { folder.path + "/" + name }

    private func identity(passphrase: Passphrase? = nil) throws -> Identity {
        try openssl(
            "req", "-x509", "-new", "-key", file("key.pem"), "-passin", "pass:secret", "-subj",
            "/CN=alice", "-days", "30", "-out", file("certificate.pem"))
        let certificate = try #require(
            try Certificate.certificates(inFile: file("certificate.pem")).first)
        let key = try PrivateKey(pem: folder.bytes(of: "key.pem"), passphrase: passphrase)
        return try Identity(certificate: certificate, privateKey: key)
    }

    @Test func anEd25519PairIsTaken() throws {
        try openssl("genpkey", "-algorithm", "ed25519", "-out", file("key.pem"))
        #expect(try identity().privateKey.keyType == .ed25519)
    }

    @Test func aP256PairIsTaken() throws {
        try openssl(
            "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
            file("key.pem"))
        #expect(try identity().certificate.keyType == .p256)
    }

    /// `openssl ecparam` writes the curve in a block of its own, and the key in the older form.
    @Test func theOlderFormOfP256IsTaken() throws {
        try openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", file("key.pem"))
        let text = String(decoding: try folder.bytes(of: "key.pem"), as: UTF8.self)
        #expect(text.contains("BEGIN EC PARAMETERS") && text.contains("BEGIN EC PRIVATE KEY"))
        #expect(try identity().privateKey.keyType == .p256)
    }

    @Test func encryptedKeysAreTaken() throws {
        try openssl(
            "genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:secret", "-out",
            file("key.pem"))
        #expect(errorCode { try identity() } == .passphraseNeeded)
        let secret = try Passphrase(copying: "secret".utf8)
        #expect(try identity(passphrase: secret).userName == "alice")
    }

    @Test func encryptedKeysInTheOlderFormAreTaken() throws {
        try openssl(
            "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file("plain.pem"))
        try openssl(
            "ec", "-in", file("plain.pem"), "-aes256", "-passout", "pass:secret", "-out",
            file("key.pem"))
        let text = String(decoding: try folder.bytes(of: "key.pem"), as: UTF8.self)
        #expect(text.contains("Proc-Type: 4,ENCRYPTED"))
        #expect(errorCode { try identity() } == .passphraseNeeded)
        #expect(
            errorCode { try identity(passphrase: Passphrase(copying: "wrong".utf8)) }
                == .wrongPassphrase)
        let secret = try Passphrase(copying: "secret".utf8)
        #expect(try identity(passphrase: secret).userName == "alice")
    }

    @Test(arguments: [
        ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
        ["-algorithm", "ED448"],
        [
            "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt",
            "ec_param_enc:explicit",
        ],
    ])
    func otherKeysAreRefused(options: [String]) throws {
        try openssl(["genpkey", "-out", file("key.pem")] + options)
        try openssl(
            "req", "-x509", "-new", "-key", file("key.pem"), "-subj", "/CN=alice", "-out",
            file("certificate.pem"))
        let certificate = try #require(
            try Certificate.certificates(inFile: file("certificate.pem")).first)
        #expect(certificate.keyType == nil)
        #expect(certificate.commonName == "alice")
        #expect(
            errorCode { try PrivateKey(pem: folder.bytes(of: "key.pem"), passphrase: nil) }
                == .unsupportedKeyType)
        let ours = try PrivateKey.generate(.ed25519)
        #expect(
            errorCode { try Identity(certificate: certificate, privateKey: ours) }
                == .unsupportedKeyType)
    }

    @Test func whatIsNoPrivateKeyIsRefused() throws {
        try openssl("genpkey", "-algorithm", "ed25519", "-out", file("key.pem"))
        try openssl("pkey", "-in", file("key.pem"), "-pubout", "-out", file("public.pem"))
        let whole = try folder.bytes(of: "key.pem")
        let broken: [[UInt8]] = [
            try folder.bytes(of: "public.pem"), [], Array("hello".utf8), whole.dropLast(30),
            [UInt8](repeating: 0x2D, count: 1_048_576), whole.filter { $0 != UInt8(ascii: "-") },
        ]
        for bytes in broken {
            #expect(
                errorCode { try PrivateKey(pem: bytes, passphrase: nil) } == .notAPrivateKey)
        }
    }

    /// Neither on standard input nor on the terminal: OpenSSL would ask there by itself.
    @Test func aKeyThatWillNotOpenIsNeverAskedForByOpenSSL() throws {
        try openssl(
            "genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:secret", "-out",
            file("key.pem"))
        let pem = try folder.bytes(of: "key.pem")
        #expect(errorCode { try PrivateKey(pem: pem, passphrase: nil) } == .passphraseNeeded)
        for length in stride(from: 60, to: pem.count - 30, by: 7) {
            var damaged = pem
            damaged[length] = UInt8(ascii: "!")
            #expect(throws: IdentityError.self) {
                try PrivateKey(pem: damaged, passphrase: Passphrase(copying: "secret".utf8))
            }
        }
    }
}
