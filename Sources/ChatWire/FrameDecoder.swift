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
        var frame: Frame?
        var failure: WireError?
        while try lines.next({ line in
            frame = FixedShape.frame(line)
            if case .none = frame { failure = Self.readInFull(line, &frame) }
        }) {
            if let failure {
                lines.fail(failure)
                throw failure
            }
            guard let frame else { continue }
            if case .hello = frame, lineLimit == WireLimits.hello { lineLimit = WireLimits.line }
            return frame
        }
        return nil
    }

    /// No frame for a line of nothing but white space. Returns what is wrong with the line.
    private static func readInFull(
        _ line: UnsafeBufferPointer<UInt8>, _ frame: inout Frame?
    ) -> WireError? {
        if line.allSatisfy(\.isWhitespace) { return nil }
        do throws(WireError) {
            frame = try Frame(inFull: line, .current)
            return nil
        } catch {
            return error
        }
    }

    /// The stream has ended. True when it ended inside a line, which is dropped: without
    /// close_notify that is truncation.
    public mutating func finish() -> Bool {
        lines.finish()
    }
}

extension UInt8 {
    /// Whether it is JSON's white space.
    fileprivate var isWhitespace: Bool {
        self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D
    }
}
