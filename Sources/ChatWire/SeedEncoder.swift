public import NIOCore

/// Writes the seed dialect: each object as Python's `json.dumps` writes it, within
/// ``WireLimits/seedObjectOut`` bytes, and with no line break after it.
///
/// The seed program takes each `recv(1024)` for one whole object. So the objects are to be sent one
/// at a time, the next once the one before has been acknowledged.
public enum SeedEncoder {
    /// What the seed program answers each message with.
    public static let ackContent = "Ack: Message received"

    /// One message, in as many objects as it needs: all with the same sender and timestamp, cut
    /// between characters as a reader sees them. At least one, also for an empty content.
    public static func objects(
        sender: String, content: String, timestamp: Double
    ) throws(SeedEncodingError) -> [ByteBuffer] {
        let empty = message(sender: sender, content: "", timestamp: timestamp)
        let room = WireLimits.seedObjectOut - empty.readableBytes
        // The longest scalar must fit, or there would be contents that can't be sent.
        guard room >= 12 else { throw .senderTooLong }
        return parts(of: content, room: room).map {
            message(sender: sender, content: $0, timestamp: timestamp)
        }
    }

    /// The answer to a message.
    public static func ack(sender: String, timestamp: Double) throws(SeedEncodingError)
        -> ByteBuffer
    {
        let object = message(sender: sender, content: ackContent, timestamp: timestamp)
        guard object.readableBytes <= WireLimits.seedObjectOut else { throw .senderTooLong }
        return object
    }

    /// A `user_presence`.
    public static func presence(_ presence: UserPresence) throws(SeedEncodingError) -> ByteBuffer {
        try checked { json in json.members(of: presence) }
    }

    /// A `presence_list`, asked for or answered.
    public static func presenceList(_ list: PresenceList) throws(SeedEncodingError) -> ByteBuffer {
        try checked { json in json.members(of: list) }
    }

    private static func checked(
        _ members: (inout JSONWriter) -> Void
    ) throws(SeedEncodingError) -> ByteBuffer {
        let object = object(members)
        guard object.readableBytes <= WireLimits.seedObjectOut else {
            throw .objectTooLong(bytes: object.readableBytes)
        }
        return object
    }

    private static func message(sender: String, content: String, timestamp: Double) -> ByteBuffer {
        object { json in
            json.messageMembers(sender: sender, content: content, timestamp: timestamp)
        }
    }

    private static func object(_ members: (inout JSONWriter) -> Void) -> ByteBuffer {
        var json = JSONWriter(style: .python)
        json.object(members)
        return json.buffer
    }

    /// Cuts a text so that each part, escaped, has at most `room` bytes.
    static func parts(of content: String, room: Int) -> [String] {
        var parts: [String] = []
        var part = ""
        var used = 0
        func add(_ text: String.UnicodeScalarView, _ length: Int) {
            if used + length > room {
                parts.append(part)
                part = ""
                used = 0
            }
            part.unicodeScalars.append(contentsOf: text)
            used += length
        }
        for character in content {
            let scalars = String(character).unicodeScalars
            let length = scalars.reduce(0) { $0 + JSONWriter.asciiLength($1) }
            if length <= room {
                add(scalars, length)
            } else {
                // A single character too large for an object, such as a heap of accents.
                for scalar in scalars {
                    add(String(scalar).unicodeScalars, JSONWriter.asciiLength(scalar))
                }
            }
        }
        parts.append(part)
        return parts
    }
}

/// Why something can't be said in the seed dialect.
public enum SeedEncodingError: Error, Sendable, Hashable {
    /// The sender's name alone fills an object.
    case senderTooLong
    /// The object would have so many bytes, which is more than ``WireLimits/seedObjectOut``.
    case objectTooLong(bytes: Int)
}
