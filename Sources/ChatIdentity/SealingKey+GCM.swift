internal import COpenSSL

/// The calls into OpenSSL.
extension SealingKey {
    package func seal(
        _ plaintext: UnsafeRawBufferPointer, associatedData: UnsafeRawBufferPointer
    ) throws(SealingError) -> [UInt8] {
        OpenSSLErrors.clear()
        let sealed = [UInt8](unsafeUninitializedCapacity: plaintext.count + Self.overhead) {
            buffer, count in
            if seal(plaintext, associatedData: associatedData, into: buffer) {
                count = plaintext.count + Self.overhead
            }
        }
        guard !sealed.isEmpty else { throw .library(OpenSSLErrors.takeReason()) }
        return sealed
    }

    package func open(
        _ sealed: UnsafeRawBufferPointer, associatedData: UnsafeRawBufferPointer
    ) throws(SealingError) -> [UInt8] {
        let length = try plaintextByteCount(sealed)
        var isAuthentic = false
        let plaintext = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            isAuthentic = open(sealed, associatedData: associatedData, into: buffer.baseAddress)
            if isAuthentic { count = length }
        }
        guard isAuthentic else { throw .notAuthentic }
        return plaintext
    }

    /// Opens what is itself a secret.
    func openSecret(
        _ sealed: UnsafeRawBufferPointer, associatedData: UnsafeRawBufferPointer
    ) throws(SealingError) -> SecretBytes {
        let length = try plaintextByteCount(sealed)
        return try SecretBytes(capacity: length) { buffer throws(SealingError) in
            let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard open(sealed, associatedData: associatedData, into: start) else {
                throw .notAuthentic
            }
            return length
        }
    }

    private func plaintextByteCount(
        _ sealed: UnsafeRawBufferPointer
    ) throws(SealingError) -> Int {
        guard let version = sealed.first else { throw .malformed }
        guard version == Self.version else { throw .unknownVersion(version) }
        guard sealed.count >= Self.overhead, Int32(exactly: sealed.count) != nil else {
            throw .malformed
        }
        return sealed.count - Self.overhead
    }

    private func seal(
        _ plaintext: UnsafeRawBufferPointer, associatedData: UnsafeRawBufferPointer,
        into sealed: UnsafeMutableBufferPointer<UInt8>
    ) -> Bool {
        guard let start = sealed.baseAddress, let length = Int32(exactly: plaintext.count),
            let dataLength = Int32(exactly: associatedData.count),
            let context = EVP_CIPHER_CTX_new()
        else { return false }
        // Wipes the key schedule.
        defer { EVP_CIPHER_CTX_free(context) }
        start[0] = Self.version
        let nonce = start + 1
        let text = nonce + Self.nonceByteCount
        let tag = text + plaintext.count
        var written: Int32 = 0
        return RAND_bytes(nonce, Int32(Self.nonceByteCount)) == 1
            && secret.withBytes { EVP_EncryptInit_ex2(context, cipher, bytes($0), nonce, nil) } == 1
            && EVP_EncryptUpdate(context, nil, &written, start, 1) == 1
            && EVP_EncryptUpdate(context, nil, &written, bytes(associatedData), dataLength) == 1
            // Without a text OpenSSL would take the null pointer for the end of the data.
            && (length == 0
                || EVP_EncryptUpdate(context, text, &written, bytes(plaintext), length) == 1)
            && EVP_EncryptFinal_ex(context, text, &written) == 1
            && EVP_CIPHER_CTX_ctrl(
                context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagByteCount), tag) == 1
    }

    /// False where the tag does not fit; what was written to `plaintext` is then to be thrown away.
    private func open(
        _ sealed: UnsafeRawBufferPointer, associatedData: UnsafeRawBufferPointer,
        into plaintext: UnsafeMutablePointer<UInt8>?
    ) -> Bool {
        OpenSSLErrors.clear()
        defer { OpenSSLErrors.clear() }
        let length = Int32(sealed.count - Self.overhead)
        guard let start = bytes(sealed), let dataLength = Int32(exactly: associatedData.count),
            let context = EVP_CIPHER_CTX_new()
        else { return false }
        defer { EVP_CIPHER_CTX_free(context) }
        let nonce = start + 1
        let text = nonce + Self.nonceByteCount
        // OpenSSL only reads it.
        let tag = UnsafeMutableRawPointer(mutating: text + Int(length))
        var written: Int32 = 0
        var rest: UInt8 = 0
        return secret.withBytes { EVP_DecryptInit_ex2(context, cipher, bytes($0), nonce, nil) } == 1
            && EVP_DecryptUpdate(context, nil, &written, start, 1) == 1
            && EVP_DecryptUpdate(context, nil, &written, bytes(associatedData), dataLength) == 1
            && (length == 0 || EVP_DecryptUpdate(context, plaintext, &written, text, length) == 1)
            && EVP_CIPHER_CTX_ctrl(
                context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagByteCount), tag) == 1
            // GCM has nothing left to write.
            && EVP_DecryptFinal_ex(context, &rest, &written) == 1
    }

    private func bytes(_ buffer: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
        buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    }
}
