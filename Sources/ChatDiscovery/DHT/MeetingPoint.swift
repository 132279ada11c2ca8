import ChatIdentity
import ChatValues

/// Where one contact leaves word for another in the table on one day of the sender's clock, in UTC,
/// and what seals it: HKDF-SHA256 over the rendezvous secret, with the info `p2pchat dht 1`, the
/// sender's fingerprint and the number of the day since 1970. The first 20 bytes are the key of the
/// table, the other 32 seal. So nothing of one day, or of one direction, is in another.
struct MeetingPoint: Sendable {
    /// Of every sealed announcement. Without the version byte, by which it could be told from
    /// chance.
    static let valueByteCount = DHTAnnouncement.byteCount + SealingKey.overhead - 1
    private static let info = Array("p2pchat dht 1".utf8)

    let key: DHTKey
    private let sealingBytes: [UInt8]

    init(
        _ secret: RendezvousSecret, from sender: Fingerprint, day: Int64
    ) throws(SealingError) {
        let bytes = try KeyedHash.derive(
            from: secret.bytes, info: Self.info + sender.bytes + bigEndian(day),
            count: DHTKey.length + SealingKey.byteCount)
        guard let key = DHTKey(bytes[..<DHTKey.length]) else { throw .malformed }
        self.key = key
        sealingBytes = Array(bytes[DHTKey.length...])
    }

    func seal(_ announcement: DHTAnnouncement) throws(SealingError) -> [UInt8] {
        let sealing = try SealingKey(SecretBytes(copying: sealingBytes))
        return Array(
            try sealing.seal(announcement.bytes, associatedData: key.bytes).dropFirst())
    }

    /// Nil where it is not the contact's.
    func open(_ value: [UInt8]) -> DHTAnnouncement? {
        guard value.count == Self.valueByteCount,
            let sealing = try? SealingKey(SecretBytes(copying: sealingBytes)),
            let bytes = try? sealing.open([1] + value, associatedData: key.bytes)
        else { return nil }
        return DHTAnnouncement(bytes)
    }
}
