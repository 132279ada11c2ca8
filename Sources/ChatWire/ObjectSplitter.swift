import NIOCore

/// Finds where objects end in a stream that puts nothing, or white space, between them.
///
/// It only counts brackets outside strings; whether an object is well-formed is looked at once it
/// is there as a whole. It remembers where it stopped, so that bytes that come one by one cost no
/// more than those that come at once.
struct ObjectSplitter: Sendable {
    enum Place: Sendable {
        case between, inObject, inString, afterBackslash
    }

    let limit: Int
    private(set) var place = Place.between
    private(set) var pending = ByteBuffer()
    private var searched = 0
    private var depth = 0

    init(limit: Int) {
        self.limit = limit
    }

    mutating func append(_ buffer: inout ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = buffer
            buffer.moveReaderIndex(to: buffer.writerIndex)
        } else {
            pending.discardReadBytes()
            pending.writeBuffer(&buffer)
        }
    }

    /// The next object's text, or nil when more bytes are needed for one.
    mutating func next() throws(WireError) -> ByteBuffer? {
        if place == .between { skipWhitespace() }
        guard pending.readableBytes > 0 else { return nil }
        if place == .between, !(try beginsWithBrace()) { return nil }
        if let end = try findEnd() {
            guard end <= limit else { throw tooLong }
            searched = 0
            return pending.readSlice(length: end)
        }
        guard pending.readableBytes <= limit else { throw tooLong }
        return nil
    }

    /// True when the stream ends inside an object.
    mutating func finish() -> Bool {
        if place == .between { skipWhitespace() }
        defer { self = ObjectSplitter(limit: limit) }
        return pending.readableBytes > 0
    }

    private mutating func skipWhitespace() {
        while let byte: UInt8 = pending.getInteger(at: pending.readerIndex),
            [0x20, 0x09, 0x0A, 0x0D].contains(byte)
        {
            pending.moveReaderIndex(forwardBy: 1)
        }
        if pending.readableBytes == 0 { pending = ByteBuffer() }
    }

    /// Goes on from where it stopped: how many bytes the object has, or nil when it goes on.
    private mutating func findEnd() throws(WireError) -> Int? {
        let view = pending.readableBytesView
        var index = view.startIndex + searched
        while index < view.endIndex {
            let byte = view[index]
            index += 1
            switch (place, byte) {
            case (.inString, UInt8(ascii: "\\")): place = .afterBackslash
            case (.inString, UInt8(ascii: "\"")): place = .inObject
            case (.inString, _): break
            case (.afterBackslash, _): place = .inString
            case (_, UInt8(ascii: "\"")): place = .inString
            case (_, UInt8(ascii: "{")), (_, UInt8(ascii: "[")):
                place = .inObject
                depth += 1
                guard depth <= WireLimits.depth else { throw .tooDeep(WireLimits.depth) }
            case (_, UInt8(ascii: "}")), (_, UInt8(ascii: "]")):
                depth -= 1
                if depth == 0 {
                    place = .between
                    return index - view.startIndex
                }
            default: break
            }
        }
        searched = view.count
        return nil
    }

    private var tooLong: WireError {
        WireError(code: .lineTooLong, reason: "An object is longer than \(limit) bytes.")
    }

    /// Whether an object begins here; false when more bytes are needed to name what else does.
    private func beginsWithBrace() throws(WireError) -> Bool {
        let first = Array(pending.readableBytesView.prefix(4))
        switch first[0] {
        case UInt8(ascii: "{"): return true
        case 0: throw .nul
        case 0x01..<0x80: break
        default:
            let length = first[0] < 0xE0 ? 2 : first[0] < 0xF0 ? 3 : 4
            if first[0] >= 0xC2, first[0] < 0xF5, first.count < length { return false }
            // Throws for a byte-order mark and for what is not UTF-8.
            try first.withUnsafeBufferPointer { bytes throws(WireError) in
                var scanner = JSONScanner(bytes, maximumDepth: 1)
                try scanner.begin()
                _ = try scanner.value(depth: 0)
            }
        }
        throw WireError(code: .notAnObject, reason: "The JSON text is not an object.")
    }
}
