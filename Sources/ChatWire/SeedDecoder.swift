public import NIOCore

/// Reads the seed dialect: JSON objects one after the other, with white space between them or
/// nothing, however the network cuts them up.
///
/// After each ``append(_:)`` call ``next()`` until it returns nil: then no more is ever held than
/// ``WireLimits/seedObjectIn`` and what was appended last. Where objects are not ended by anything,
/// there is no finding the next one after an error: the connection is to be closed, and the decoder
/// throws the same error from then on.
public struct SeedDecoder: Sendable {
    private var objects = ObjectSplitter(limit: WireLimits.seedObjectIn)
    private var failure: WireError?

    public init() {}

    /// Takes all of the buffer's readable bytes.
    public mutating func append(_ buffer: inout ByteBuffer) {
        guard failure == nil else {
            buffer.moveReaderIndex(to: buffer.writerIndex)
            return
        }
        objects.append(&buffer)
    }

    /// The next frame, or nil when more bytes are needed for one: `.message`, `.presence`,
    /// `.presenceList` or `.unknown`. See ``Message/isSeedAck``.
    public mutating func next() throws(WireError) -> Frame? {
        if let failure { throw failure }
        do throws(WireError) {
            guard let text = try objects.next() else { return nil }
            return try Frame(parsing: text, dialect: .seed)
        } catch {
            failure = error
            objects = ObjectSplitter(limit: WireLimits.seedObjectIn)
            throw error
        }
    }

    /// The stream has ended. True when it ended inside an object, which is dropped.
    public mutating func finish() -> Bool {
        objects.finish()
    }
}

extension Message {
    /// Whether this is the seed's acknowledgement of a message. It is a state of that message: not
    /// to be shown, nor acknowledged itself.
    public var isSeedAck: Bool {
        content == SeedEncoder.ackContent
    }
}
