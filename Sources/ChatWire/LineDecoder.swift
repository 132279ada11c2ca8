public import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Cuts a stream of bytes into lines that LF ends.
///
/// After each ``append(_:)`` call ``next()`` until it returns nil: then no more is ever held than
/// the limit and what was appended last. After an error nothing more comes out.
public struct LineDecoder: Sendable {
    /// The longest line in bytes, without its LF.
    public var limit: Int
    private(set) var pending = ByteBuffer()
    /// How many of the pending bytes are known to have no LF among them.
    private var searched = 0
    private var failure: WireError?

    public init(limit: Int) {
        self.limit = limit
    }

    /// Takes all of the buffer's readable bytes.
    public mutating func append(_ buffer: inout ByteBuffer) {
        guard failure == nil else {
            buffer.moveReaderIndex(to: buffer.writerIndex)
            return
        }
        if pending.readableBytes == 0 {
            // Usual, and nothing is copied: no line is left half from the last read.
            pending = buffer
            buffer.moveReaderIndex(to: buffer.writerIndex)
        } else {
            pending.discardReadBytes()
            pending.writeBuffer(&buffer)
        }
    }

    /// The next line without its LF, or nil when more bytes are needed for one. A line that is too
    /// long is an error as soon as one byte too many is there.
    public mutating func next() throws(WireError) -> ByteBuffer? {
        guard let length = try nextLength(), let line = pending.readSlice(length: length) else {
            return nil
        }
        step(past: 0)
        return line
    }

    /// The same, for one who needs the line for the moment only: it is read where it lies. False
    /// when more bytes are needed for one.
    @inline(__always)
    mutating func next(_ read: (UnsafeBufferPointer<UInt8>) -> Void) throws(WireError) -> Bool {
        guard let length = try nextLength() else { return false }
        pending.withUnsafeReadableBytes { bytes in
            read(
                UnsafeBufferPointer(
                    start: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), count: length))
        }
        step(past: length)
        return true
    }

    private mutating func nextLength() throws(WireError) -> Int? {
        if let failure { throw failure }
        guard pending.readableBytes > 0 else { return nil }
        let end = pending.withUnsafeReadableBytes { bytes -> Int? in
            guard let base = bytes.baseAddress, searched < bytes.count,
                let found = memchr(base + searched, 0x0A, bytes.count - searched)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
        if end ?? pending.readableBytes > limit {
            let error = WireError(
                code: .lineTooLong, reason: "A line is longer than \(limit) bytes.")
            fail(error)
            throw error
        }
        if end == nil { searched = pending.readableBytes }
        return end
    }

    /// Goes on behind what is left of a line and its LF.
    private mutating func step(past length: Int) {
        pending.moveReaderIndex(forwardBy: length + 1)
        searched = 0
        if pending.readableBytes == 0 { pending = ByteBuffer() }
    }

    /// Ends the stream because of an error: drops what is held, and throws it from now on.
    public mutating func fail(_ error: WireError) {
        failure = error
        pending = ByteBuffer()
        searched = 0
    }

    /// The stream has ended. True when it ended inside a line, which is dropped: the line was cut
    /// off on the way.
    public mutating func finish() -> Bool {
        defer {
            pending = ByteBuffer()
            searched = 0
        }
        return pending.readableBytes > 0
    }
}
