internal import COpenSSL

extension Certificate {
    /// The certificates in a PEM text, in order, each once; other blocks and the text between
    /// blocks are skipped. Throws ``IdentityError/Code/notACertificate`` where there is none, or
    /// where one is broken: a file that is half right is not half imported.
    public static func certificates(inPEM text: [UInt8]) throws(IdentityError) -> [Certificate] {
        let blocks = pemBlocks(in: text)
        var found: [Certificate] = []
        for (index, block) in blocks.certificates.enumerated() {
            do throws(IdentityError) {
                let certificate = try Certificate(der: block)
                if !found.contains(certificate) { found.append(certificate) }
            } catch {
                guard blocks.certificates.count > 1 else { throw error }
                throw IdentityError(
                    error.code, "Certificate \(index + 1) in this file: \(error.description)")
            }
        }
        if blocks.isBroken {
            throw .notACertificate("a PEM block is damaged or cut short")
        }
        guard !found.isEmpty else {
            throw blocks.holdsPrivateKey
                ? IdentityError(
                    .notACertificate,
                    "This file holds a private key and no certificate; a private key is never "
                        + "given away: ask for the certificate, the file that p2pchat-keygen export writes."
                )
                : .notACertificate("there is no CERTIFICATE block in it")
        }
        return found
    }

    private struct Blocks {
        var certificates: [[UInt8]] = []
        var holdsPrivateKey = false
        var isBroken = false
    }

    private static func pemBlocks(in text: [UInt8]) -> Blocks {
        var blocks = Blocks()
        OpenSSLErrors.clear()
        text.withUnsafeBytes { bytes in
            _ = readingFromMemoryBIO(bytes) { bio -> Void? in
                while readBlock(from: bio, into: &blocks) {}
                return nil
            }
        }
        // At the end OpenSSL reports that no further block starts; anything else is damage.
        let last = ERR_peek_last_error()
        blocks.isBroken =
            last != 0
            && !(ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE)
        OpenSSLErrors.clear()
        return blocks
    }

    private static func readBlock(from bio: OpaquePointer, into blocks: inout Blocks) -> Bool {
        var name: UnsafeMutablePointer<CChar>?
        var header: UnsafeMutablePointer<CChar>?
        var data: UnsafeMutablePointer<UInt8>?
        var length = 0
        guard PEM_read_bio(bio, &name, &header, &data, &length) == 1 else { return false }
        defer {
            COpenSSL_free(name)
            COpenSSL_free(header)
            // It may be a private key.
            if let data { OPENSSL_cleanse(data, length) }
            COpenSSL_free(data)
        }
        guard let name, let data else { return false }
        let label = String(cString: name)
        if label == PEM_STRING_X509 || label == PEM_STRING_X509_OLD {
            blocks.certificates.append(Array(UnsafeBufferPointer(start: data, count: length)))
        } else if label.hasSuffix("PRIVATE KEY") {
            blocks.holdsPrivateKey = true
        }
        return true
    }
}
