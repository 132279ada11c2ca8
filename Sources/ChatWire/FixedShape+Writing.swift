import NIOCore

extension ByteBuffer {
    /// Writes a message with an id in one go. False, and nothing written, where there is something
    /// to escape or a timestamp that is no ordinary one.
    mutating func writeFixedShape(_ message: Message, id: MessageID) -> Bool {
        // What stands around the three is shorter.
        let room = message.sender.utf8.count + message.content.utf8.count + 160
        let count = writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
            var line = FixedLine(target)
            line.literal(#"{"type":"message","id":""#)
            line.id(id)
            line.literal(#"","sender":""#)
            guard line.inside(message.sender) else { return 0 }
            line.literal(#"","content":""#)
            guard line.inside(message.content) else { return 0 }
            line.literal(#"","timestamp":"#)
            guard line.number(message.timestamp) else { return 0 }
            line.literal("}\n")
            return line.count
        }
        return count > 0
    }

    mutating func writeFixedShape(_ receipt: Receipt) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: 96) { target in
            var line = FixedLine(target)
            line.literal(#"{"type":"receipt","id":""#)
            line.id(receipt.id)
            switch receipt.state {
            case .delivered: line.literal(#"","state":"delivered"}"#)
            case .read: line.literal(#"","state":"read"}"#)
            }
            line.literal("\n")
            return line.count
        }
    }
}

/// A line of which it is known that there is room for it.
private struct FixedLine {
    private let target: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ target: UnsafeMutableRawBufferPointer) {
        self.target = target
    }

    private var rest: UnsafeMutableRawBufferPointer {
        @inline(__always) get {
            UnsafeMutableRawBufferPointer(
                start: target.baseAddress.map { $0 + count }, count: target.count - count)
        }
    }

    @inline(__always)
    mutating func literal(_ text: StaticString) {
        rest.copyMemory(
            from: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        count += text.utf8CodeUnitCount
    }

    @inline(__always)
    mutating func id(_ id: MessageID) {
        id.write(to: rest)
        count += MessageID.textLength
    }

    /// The inside of a string; false where it has to be escaped, or is no string of Swift's own.
    @inline(__always)
    mutating func inside(_ text: String) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { utf8 in
            guard JSONWriter.copyPlain(UnsafeRawBufferPointer(utf8), to: rest) else { return false }
            count += utf8.count
            return true
        } ?? false
    }

    @inline(__always)
    mutating func number(_ number: Double) -> Bool {
        guard let written = DecimalDouble.write(number, to: rest) else { return false }
        count += written
        return true
    }
}
