public import NIOCore

/// Reads frames from the stream that the other side writes.
///
/// After each ``append(_:)`` call ``next()`` until it returns nil: then no more is ever held than
/// ``lineLimit`` and what was appended last. After an error the connection is to be closed; the
/// decoder throws the same error from then on.
public struct FrameDecoder: Sendable {
    private var lines: LineDecoder

    /// The longest line in bytes, without its LF: ``WireLimits/hello`` until the hello has come,
    /// then ``WireLimits/line``.
    public var lineLimit: Int {
        get { lines.limit }
        set { lines.limit = newValue }
    }

    public init(lineLimit: Int = WireLimits.hello) {
        lines = LineDecoder(limit: lineLimit)
    }

    /// Takes all of the buffer's readable bytes.
    public mutating func append(_ buffer: inout ByteBuffer) {
        lines.append(&buffer)
    }

    /// The next frame, or nil when more bytes are needed for one. Lines of nothing but white space
    /// are stepped over.
    public mutating func next() throws(WireError) -> Frame? {
        while let line = try lines.next() {
            if line.isBlank { continue }
            let frame: Frame
            do throws(WireError) {
                frame = try Frame(parsing: line)
            } catch {
                lines.fail(error)
                throw error
            }
            if case .hello = frame, lineLimit == WireLimits.hello { lineLimit = WireLimits.line }
            return frame
        }
        return nil
    }

    /// The stream has ended. True when it ended inside a line, which is dropped: without
    /// close_notify that is truncation.
    public mutating func finish() -> Bool {
        lines.finish()
    }
}

extension ByteBuffer {
    /// Whether there is nothing but JSON's white space.
    var isBlank: Bool {
        withUnsafeReadableBytes { bytes in
            bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        }
    }
}
