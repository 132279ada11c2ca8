import NIOCore

/// The inside of a string: RFC 8259 section 7.
extension JSONWriter {
    /// Writes a string that needs no escape with all that stands around it in one go: nearly every
    /// string is one. False, and nothing written, for any other.
    mutating func writePlain(_ text: String, then end: UInt8? = nil) -> Bool {
        guard style == .compact else { return false }
        var text = text
        return text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            return writeAround(bytes.count, then: end) { Self.copyPlain(bytes, to: $0) }
        }
    }

    /// Writes a string of so many bytes, where `fill` says that it wrote them as they are to be.
    private mutating func writeAround(
        _ count: Int, then end: UInt8?, _ fill: (UnsafeMutableRawBufferPointer) -> Bool
    ) -> Bool {
        let comma = needsComma
        // A comma, two quotation marks and a colon at most.
        let written = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count + 4) {
            target in
            var position = 0
            func put(_ byte: UInt8) {
                target[position] = byte
                position += 1
            }
            if comma { put(UInt8(ascii: ",")) }
            put(UInt8(ascii: "\""))
            let inside = UnsafeMutableRawBufferPointer(rebasing: target[position...])
            guard fill(inside) else { return 0 }
            position += count
            put(UInt8(ascii: "\""))
            if let end { put(end) }
            return position
        }
        if written > 0 { needsComma = true }
        return written > 0
    }

    /// Writes an id as a string.
    mutating func id(_ id: MessageID) {
        _ = writeAround(MessageID.textLength, then: nil) {
            id.write(to: $0)
            return true
        }
    }

    /// Copies a string that needs no escape, in the one pass that finds out. False, and the target
    /// of no use, for any other. The target has at least so many bytes.
    @inline(__always)
    static func copyPlain(
        _ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard let source = bytes.baseAddress, let target = target.baseAddress else {
            return bytes.isEmpty
        }
        let count = bytes.count
        if count >= JSONBytes.blockByteCount {
            var position = 0
            while position < count {
                // The last block begins where it fits, over bytes that have been copied already.
                position = min(position, count - JSONBytes.blockByteCount)
                let block = source.loadUnaligned(
                    fromByteOffset: position, as: JSONBytes.Block.self)
                // What need not be escaped after all, the slow way finds out.
                if JSONBytes.mayNeedEscape(block) { return false }
                target.storeBytes(of: block, toByteOffset: position, as: JSONBytes.Block.self)
                position += JSONBytes.blockByteCount
            }
            return true
        }
        if count >= 8 {
            let (first, last) = (
                source.loadUnaligned(as: UInt64.self),
                source.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            )
            if JSONBytes.mayNeedEscape(first) || JSONBytes.mayNeedEscape(last) { return false }
            target.storeBytes(of: first, as: UInt64.self)
            target.storeBytes(of: last, toByteOffset: count - 8, as: UInt64.self)
            return true
        }
        for position in 0..<count {
            let byte = source.load(fromByteOffset: position, as: UInt8.self)
            if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0xE2 { return false }
            target.storeBytes(of: byte, toByteOffset: position, as: UInt8.self)
        }
        return true
    }

    /// Writes runs of bytes that need no escape at once.
    mutating func writeEscaped(_ bytes: UnsafeRawBufferPointer) {
        var start = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            var length = 1
            var unit: UInt16?
            if byte < 0x20 || byte == 0x22 || byte == 0x5C {
                unit = byte == 0 ? 0xFFFD : UInt16(byte)
            } else if byte == 0xE2, index + 2 < bytes.count, bytes[index + 1] == 0x80,
                bytes[index + 2] & 0xFE == 0xA8
            {
                // U+2028 and U+2029. A Swift string is always well-formed UTF-8.
                unit = 0x2028 | UInt16(bytes[index + 2] & 1)
                length = 3
            }
            if let unit {
                buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
                writeEscape(unit)
                start = index + length
            }
            index += length
        }
        buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }

    /// Writes everything but printable ASCII as an escape.
    mutating func writeASCII(_ text: String) {
        for unit in text.utf16 {
            switch unit {
            case 0: writeEscape(0xFFFD)
            case 0x22, 0x5C: writeEscape(unit)
            case 0x20...0x7E: buffer.writeInteger(UInt8(unit))
            default: writeEscape(unit)
            }
        }
    }

    private mutating func writeEscape(_ unit: UInt16) {
        buffer.writeInteger(UInt8(ascii: "\\"))
        if let letter = Self.shortEscape(unit) {
            buffer.writeInteger(letter)
            return
        }
        buffer.writeInteger(UInt8(ascii: "u"))
        for shift in [12, 8, 4, 0] as [UInt16] {
            let digit = UInt8(unit >> shift & 15)
            buffer.writeInteger(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
        }
    }

    private static func shortEscape(_ unit: UInt16) -> UInt8? {
        switch unit {
        case 0x22: UInt8(ascii: "\"")
        case 0x5C: UInt8(ascii: "\\")
        case 0x08: UInt8(ascii: "b")
        case 0x09: UInt8(ascii: "t")
        case 0x0A: UInt8(ascii: "n")
        case 0x0C: UInt8(ascii: "f")
        case 0x0D: UInt8(ascii: "r")
        default: nil
        }
    }

    /// How many bytes a character takes up in a string of ``Style/python``.
    static func asciiLength(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x22, 0x5C, 0x08, 0x09, 0x0A, 0x0C, 0x0D: 2
        case 0x20...0x7E: 1
        case 0x10000...: 12
        default: 6
        }
    }
}
