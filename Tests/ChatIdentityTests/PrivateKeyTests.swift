import ChatIdentity
import ChatValues
import Testing

struct PrivateKeyTests {
    @Test(arguments: KeyType.allCases)
    func aPlainKeyComesBackFromPEM(type: KeyType) throws {
        let identity = try Identity.make(userName: UserName("alice"), keyType: type)
        let pem = try identity.privateKey.pem(passphrase: nil)
        let again = try PrivateKey(pem: pem, passphrase: nil)
        #expect(again.keyType == type)
        #expect(again.matches(identity.certificate))
    }

    @Test(arguments: KeyType.allCases)
    func anEncryptedKeyNeedsItsPassphrase(type: KeyType) throws {
        let identity = try Identity.make(userName: UserName("alice"), keyType: type)
        let right = try Passphrase(copying: "open sésame".utf8)
        let wrong = try Passphrase(copying: "open sesame".utf8)
        let pem = try identity.privateKey.pem(passphrase: right)
        let again = try PrivateKey(pem: pem, passphrase: right)
        #expect(again.matches(identity.certificate))
        #expect(
            errorCode { try PrivateKey(pem: pem, passphrase: wrong) }
                == .wrongPassphrase)
        #expect(
            errorCode { try PrivateKey(pem: pem, passphrase: nil) }
                == .passphraseNeeded)
    }

    @Test(arguments: KeyType.allCases, [1, 3, Passphrase.maximumByteCount])
    func openSSLOpensOurEncryptedKeys(type: KeyType, length: Int) throws {
        let folder = try TemporaryFolder()
        let identity = try Identity.make(userName: UserName("alice"), keyType: type)
        let text = String(repeating: "k", count: length)
        let passphrase = try folder.write(text + "\n", to: "passphrase")
        let key = try folder.write(
            identity.privateKey.pem(passphrase: Passphrase(copying: text.utf8)), to: "key.pem")
        let certificate = try folder.write(identity.certificate.pem, to: "alice.pem")
        let ofKey = try openssl("pkey", "-in", key, "-passin", "file:\(passphrase)", "-pubout")
        let ofCertificate = try openssl("x509", "-in", certificate, "-noout", "-pubkey")
        #expect(ofKey == ofCertificate)
    }

    @Test func theKeyIsEncryptedAsDocumented() throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey.generate(.ed25519)
        let file = try folder.write(
            key.pem(passphrase: Passphrase(copying: "secret".utf8)), to: "key.pem")
        let structure = try openssl("asn1parse", "-in", file)
        #expect(structure.contains(":PBES2"))
        #expect(structure.contains(":scrypt"))
        #expect(structure.contains("INTEGER           :4000"))
        #expect(structure.contains("INTEGER           :08"))
        #expect(structure.contains("INTEGER           :05"))
        #expect(structure.contains(":aes-256-cbc"))
    }
}
