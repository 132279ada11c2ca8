internal import COpenSSL

extension PrivateKey {
    /// The most bytes of PEM that are looked at.
    public static let maximumPEMByteCount = 65_536

    // scrypt (RFC 7914) rather than PBKDF2: guessing costs memory as well as time, and `openssl`
    // opens both. N = 2^14, r = 8 is 16 MiB, the most that fits below OpenSSL's built-in bound of
    // 32 MiB for reading; p = 5 makes up for it, about a fifth of a second in all.
    private static let scryptCost: UInt64 = 1 << 14
    private static let scryptBlockSize: UInt64 = 8
    private static let scryptParallelism: UInt64 = 5

    /// Reads the first private key in a PEM text: PKCS#8 (RFC 5958), encrypted or not, or one of
    /// the older forms that `openssl` still writes.
    ///
    /// Throws ``IdentityError/Code/passphraseNeeded`` where it is encrypted and no passphrase was
    /// given, ``IdentityError/Code/wrongPassphrase``, ``IdentityError/Code/notAPrivateKey``, or
    /// ``IdentityError/Code/unsupportedKeyType``. A passphrase for a key that is not encrypted is
    /// not looked at.
    public convenience init(pem: SecretBytes, passphrase: Passphrase?) throws(IdentityError) {
        var question = PassphraseQuestion(answer: passphrase?.secret)
        OpenSSLErrors.clear()
        let key: OpaquePointer? =
            pem.count > Self.maximumPEMByteCount
            ? nil
            : pem.withBytes { bytes in
                readingFromMemoryBIO(bytes) { bio in
                    withUnsafeMutablePointer(to: &question) {
                        PEM_read_bio_PrivateKey(bio, nil, answerPassphraseQuestion, $0)
                    }
                }
            }
        guard let key else {
            let reason = OpenSSLErrors.takeReason()
            guard question.wasAsked else {
                throw IdentityError(
                    .notAPrivateKey,
                    "This is not a private key that can be read (\(reason)); restore it from a copy."
                )
            }
            throw passphrase == nil
                ? IdentityError(
                    .passphraseNeeded, "The private key is encrypted; give its passphrase.")
                : IdentityError(
                    .wrongPassphrase,
                    "The passphrase does not open the private key; check it and try again.")
        }
        OpenSSLErrors.clear()
        guard let type = KeyType(of: key) else {
            EVP_PKEY_free(key)
            throw IdentityError(
                .unsupportedKeyType,
                "The private key is neither Ed25519 nor P-256; make one of these types.")
        }
        self.init(owning: key, keyType: type)
    }

    public convenience init(pem: [UInt8], passphrase: Passphrase?) throws(IdentityError) {
        try self.init(pem: SecretBytes(copying: pem), passphrase: passphrase)
    }

    /// PKCS#8 in PEM: plain, or encrypted with AES-256-CBC under a key that scrypt derives from
    /// the passphrase (PBES2, RFC 8018, RFC 7914).
    public func pem(passphrase: Passphrase?) throws(IdentityError) -> SecretBytes {
        OpenSSLErrors.clear()
        guard let info = EVP_PKEY2PKCS8(pointer) else {
            throw OpenSSLErrors.failure("encoding a private key")
        }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        let pem =
            if let passphrase {
                writingToMemoryBIO({ Self.write(info, to: $0, encryptedWith: passphrase) }) {
                    SecretBytes(copying: $0)
                }
            } else {
                writingToMemoryBIO({ PEM_write_bio_PKCS8_PRIV_KEY_INFO($0, info) == 1 }) {
                    SecretBytes(copying: $0)
                }
            }
        guard let pem else { throw OpenSSLErrors.failure("writing a private key") }
        return pem
    }

    private static func write(
        _ info: OpaquePointer, to bio: OpaquePointer, encryptedWith passphrase: Passphrase
    ) -> Bool {
        // The salt is drawn by OpenSSL, 16 bytes.
        guard
            let algorithm = PKCS5_pbe2_set_scrypt(
                EVP_aes_256_cbc(), nil, 16, nil, scryptCost, scryptBlockSize, scryptParallelism)
        else { return false }
        let encrypted = passphrase.secret.withBytes { bytes in
            PKCS8_set0_pbe(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), info,
                algorithm)
        }
        guard let encrypted else {
            X509_ALGOR_free(algorithm)
            return false
        }
        defer { X509_SIG_free(encrypted) }
        return PEM_write_bio_PKCS8(bio, encrypted) == 1
    }
}

private struct PassphraseQuestion {
    let answer: SecretBytes?
    var wasAsked = false
}

/// OpenSSL's `pem_password_cb`. There must always be one: without it OpenSSL asks on the terminal.
private func answerPassphraseQuestion(
    buffer: UnsafeMutablePointer<CChar>?, size: Int32, _: Int32, state: UnsafeMutableRawPointer?
) -> Int32 {
    guard let buffer, let question = state?.assumingMemoryBound(to: PassphraseQuestion.self)
    else { return -1 }
    question.pointee.wasAsked = true
    guard let answer = question.pointee.answer, answer.count <= Int(size) else { return -1 }
    answer.withBytes { bytes in
        UnsafeMutableRawPointer(buffer).copyMemory(
            from: bytes.baseAddress ?? UnsafeRawPointer(buffer), byteCount: bytes.count)
    }
    return Int32(answer.count)
}
