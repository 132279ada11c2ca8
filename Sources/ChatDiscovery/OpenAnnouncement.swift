import ChatCore
import ChatIdentity

/// `--discoverable`: tells everybody on the local network who we are and where. For first contact;
/// whoever is a contact already has beacons.
///
///     magic        5 bytes, as a beacon's
///     kind         1 byte, 1
///     zero         2 bytes
///     announcement 48 bytes, see ``Announcement``
///     certificate  2 bytes of length, and the certificate in DER
///     signature    1 byte of length, and the signature of the certificate's key over the ASCII
///                  text `p2pchat discoverable 1`, a zero byte, and all before the signature
enum OpenAnnouncement {
    /// With every header that may stand around it this fits into one packet everywhere (RFC 8200,
    /// section 5: 1,280 bytes).
    static let maximumByteCount = 1_200
    private static let header = BeaconDatagram.magic + [1, 0, 0]
    private static let purpose = Array("p2pchat discoverable 1".utf8) + [0]

    /// Nil where the certificate is too long for a datagram, or OpenSSL fails.
    static func make(_ announcement: Announcement, as identity: Identity) -> [UInt8]? {
        let certificate = identity.certificate.der
        guard let length = UInt16(exactly: certificate.count) else { return nil }
        let signed = header + announcement.bytes + bigEndian(length) + certificate
        guard let signature = try? identity.privateKey.signature(over: purpose + signed),
            let signatureLength = UInt8(exactly: signature.count)
        else { return nil }
        let bytes = signed + [signatureLength] + signature
        return bytes.count <= maximumByteCount ? bytes : nil
    }

    /// Whose announcement this is; nil for anything else, and where the signature does not hold.
    static func read(_ bytes: [UInt8]) -> (certificate: Certificate, announcement: Announcement)? {
        guard bytes.count <= maximumByteCount else { return nil }
        var reader = ByteReader(bytes)
        guard reader.bytes(header.count) == header,
            let announcement = reader.bytes(Announcement.byteCount).flatMap(Announcement.init),
            let length = reader.number(2), let der = reader.bytes(Int(length)),
            let signatureLength = reader.number(1),
            let signature = reader.bytes(Int(signatureLength)), reader.isAtEnd,
            let certificate = try? Certificate(der: der)
        else { return nil }
        let signed = bytes.dropLast(signature.count + 1)
        guard certificate.verifies(signature, over: purpose + signed) else { return nil }
        return (certificate, announcement)
    }
}
