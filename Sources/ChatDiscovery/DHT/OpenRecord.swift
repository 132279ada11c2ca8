import ChatIdentity
import ChatValues

/// `--discoverable` in the table: whoever knows the fingerprint finds the name and the addresses.
///
///     magic         5 bytes, "p2pd", 1
///     announcement  128 bytes, see ``DHTAnnouncement``
///     certificate   2 bytes of length, and the certificate in DER
///     signature     1 byte of length, and the signature of the certificate's key over the ASCII
///                   text `p2pchat dht discoverable 1`, a zero byte, and all before the signature
enum OpenRecord {
    private static let magic = Array("p2pd".utf8) + [1]
    private static let purpose = Array("p2pchat dht discoverable 1".utf8) + [0]

    /// The first 20 bytes of the fingerprint.
    static func key(of fingerprint: Fingerprint) -> DHTKey? {
        DHTKey(fingerprint.bytes.prefix(DHTKey.length))
    }

    /// Nil where the certificate is too long for a value, or OpenSSL fails.
    static func make(_ announcement: DHTAnnouncement, as identity: Identity) -> [UInt8]? {
        let certificate = identity.certificate.der
        guard let length = UInt16(exactly: certificate.count) else { return nil }
        let signed = magic + announcement.bytes + bigEndian(length) + certificate
        guard let signature = try? identity.privateKey.signature(over: purpose + signed),
            let signatureLength = UInt8(exactly: signature.count)
        else { return nil }
        let bytes = signed + [signatureLength] + signature
        return bytes.count <= DHTLimits.value ? bytes : nil
    }

    /// What the holder of this fingerprint says; nil for anything else.
    static func read(_ bytes: [UInt8], of fingerprint: Fingerprint) -> DHTAnnouncement? {
        guard bytes.count <= DHTLimits.value else { return nil }
        var reader = ByteReader(bytes)
        guard reader.bytes(magic.count) == magic,
            let announcement = reader.bytes(DHTAnnouncement.byteCount)
                .flatMap({ DHTAnnouncement($0) }),
            let length = reader.number(2), let der = reader.bytes(Int(length)),
            let signatureLength = reader.number(1),
            let signature = reader.bytes(Int(signatureLength)), reader.isAtEnd,
            let certificate = try? Certificate(der: der), certificate.fingerprint == fingerprint,
            certificate.verifies(signature, over: purpose + bytes.dropLast(signature.count + 1))
        else { return nil }
        return announcement
    }
}
