import ChatCore
import ChatIdentity
import ChatValues

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What of a message is sealed, and what it is bound to. The format is part of the file's: see
/// the documentation.
enum SealedBody {
    /// In place of a length where there is no claimed sender.
    private static let noSender: UInt16 = 0xFFFF
    private static let purpose = Array("p2pchat message 1".utf8)

    /// Everything about the row that never changes, so that a text opens in its own row alone.
    static func associatedData(
        contact: [UInt8], direction: Int64, id: Data, position: Int64, timestamp: Double,
        storedAt: Double, dialect: Int64?
    ) -> [UInt8] {
        var bytes = purpose
        bytes.reserveCapacity(purpose.count + 74)
        bytes += contact
        bytes.append(UInt8(truncatingIfNeeded: direction))
        bytes += id
        append(UInt64(bitPattern: position), to: &bytes)
        append(timestamp.bitPattern, to: &bytes)
        append(storedAt.bitPattern, to: &bytes)
        bytes.append(dialect.map { UInt8(truncatingIfNeeded: $0) } ?? 0xFF)
        return bytes
    }

    private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
        }
    }

    static func seal(
        _ message: NewMessage, with key: SealingKey, associatedData: [UInt8]
    ) throws -> Data {
        var body: [UInt8] = []
        body.reserveCapacity(message.content.utf8.count + 2)
        // Names come in hostile lengths: cut, as those of requests are.
        let sender = message.claimedSender.map {
            Array(String(String.UnicodeScalarView($0.unicodeScalars.prefix(256))).utf8)
        }
        let length = sender.map { UInt16($0.count) } ?? noSender
        body.append(UInt8(length >> 8))
        body.append(UInt8(length & 0xFF))
        body += sender ?? []
        body += message.content.utf8
        return Data(try key.seal(body, associatedData: associatedData))
    }

    /// The parts of an opened body; nil where it is none.
    static func parse(_ body: [UInt8]) -> (sender: Range<Int>?, content: Range<Int>)? {
        guard body.count >= 2 else { return nil }
        let length = UInt16(body[0]) << 8 | UInt16(body[1])
        guard length != noSender else { return (nil, 2..<body.count) }
        let end = 2 + Int(length)
        return end <= body.count ? (2..<end, end..<body.count) : nil
    }
}
