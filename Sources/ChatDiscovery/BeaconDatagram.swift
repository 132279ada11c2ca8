/// A beacon on the wire. All are of one length, and all of an entry looks like chance.
///
///     magic    4 bytes, "p2pb"
///     version  1 byte, 1
///     kind     1 byte, 0 (an ``OpenAnnouncement`` has 1)
///     zero     2 bytes
///     salt    16 bytes, random, the same in all datagrams of a round
///     entries 12 times: tag (16 bytes) and sealed announcement (76 bytes), or chance
struct BeaconDatagram: Hashable, Sendable {
    static let magic = Array("p2pb".utf8) + [1]
    static let entryCount = 12
    static let saltByteCount = 16
    static let entryByteCount = BeaconKeys.tagByteCount + BeaconKeys.sealedByteCount
    static let byteCount = 8 + saltByteCount + entryCount * entryByteCount

    var salt: [UInt8]
    /// ``entryCount`` of them.
    var entries: [[UInt8]]

    var bytes: [UInt8] { Self.header(salt) + entries.joined() }

    init(salt: [UInt8], entries: [[UInt8]]) {
        self.salt = salt
        self.entries = entries
    }

    /// Nil for anything else.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount, Array(bytes[..<8]) == Self.header([]) else {
            return nil
        }
        salt = Array(bytes[8..<(8 + Self.saltByteCount)])
        let start = 8 + Self.saltByteCount
        entries = (0..<Self.entryCount).map { index in
            let from = start + index * Self.entryByteCount
            return Array(bytes[from..<(from + Self.entryByteCount)])
        }
    }

    /// What an entry is bound to, besides its tag.
    static func header(_ salt: [UInt8]) -> [UInt8] { magic + [0, 0, 0] + salt }
}
