import ChatIdentity
import ChatValues

/// What one contact's beacons to another are made with on one day of the sender's clock, in UTC:
/// HKDF-SHA256 over the rendezvous secret, with the info `p2pchat beacon 1`, the sender's
/// fingerprint and the number of the day since 1970, 64 bytes. The first half makes tags, the
/// second seals. So nothing of one day, or of one direction, is in another.
struct BeaconKeys: Sendable {
    static let tagByteCount = 16
    /// Without the version byte, by which a sealed text could be told from chance.
    static let sealedByteCount = Announcement.byteCount + SealingKey.overhead - 1
    private static let info = Array("p2pchat beacon 1".utf8)

    private let tagKey: [UInt8]
    private let sealingBytes: [UInt8]

    init(
        _ secret: RendezvousSecret, from sender: Fingerprint, day: Int64
    ) throws(SealingError) {
        let both = try KeyedHash.derive(
            from: secret.bytes, info: Self.info + sender.bytes + bigEndian(day), count: 64)
        tagKey = Array(both[..<32])
        sealingBytes = Array(both[32...])
    }

    /// What the receiver knows the entry by. With the salt, which is another in each round, no two
    /// of them are alike.
    func tag(salt: [UInt8]) throws(SealingError) -> [UInt8] {
        Array(try KeyedHash.hmac(salt, key: tagKey).prefix(Self.tagByteCount))
    }

    func seal(
        _ announcement: Announcement, boundTo data: [UInt8]
    ) throws(SealingError) -> [UInt8] {
        let key = try SealingKey(SecretBytes(copying: sealingBytes))
        return Array(try key.seal(announcement.bytes, associatedData: data).dropFirst())
    }

    /// Nil where it is not the contact's, or not for this place.
    func open(_ sealed: [UInt8], boundTo data: [UInt8]) -> Announcement? {
        guard let key = try? SealingKey(SecretBytes(copying: sealingBytes)),
            let bytes = try? key.open([1] + sealed, associatedData: data)
        else { return nil }
        return Announcement(bytes)
    }
}
