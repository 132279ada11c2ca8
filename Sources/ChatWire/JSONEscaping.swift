import NIOCore

/// The inside of a string: RFC 8259 section 7.
extension JSONWriter {
    /// Writes a string that needs no escape with all that stands around it in one go: nearly every
    /// string is one. False, and nothing written, for any other.
    mutating func writePlain(_ text: String, then end: UInt8? = nil) -> Bool {
        guard style == .compact else { return false }
        var text = text
        let isWritten = text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            guard Self.needsNoEscape(bytes) else { return false }
            writeAround(bytes.count, then: end) { $0.copyMemory(from: bytes) }
            return true
        }
        return isWritten
    }

    /// Writes a string of so many bytes, none of which needs an escape.
    mutating func writeAround(
        _ count: Int, then end: UInt8? = nil, _ fill: (UnsafeMutableRawBufferPointer) -> Void
    ) {
        let comma = needsComma
        // A comma, two quotation marks and a colon at most.
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count + 4) { target in
            var position = 0
            func put(_ byte: UInt8) {
                target[position] = byte
                position += 1
            }
            if comma { put(UInt8(ascii: ",")) }
            put(UInt8(ascii: "\""))
            fill(UnsafeMutableRawBufferPointer(rebasing: target[position..<position + count]))
            position += count
            put(UInt8(ascii: "\""))
            if let end { put(end) }
            return position
        }
        needsComma = true
    }

    /// Eight bytes at a time while there are eight. A byte 0xE2 may begin U+2028, so a string with
    /// one is taken for one that needs an escape.
    private static func needsNoEscape(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var position = 0
        while position + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            // A byte's high bit is set where the byte is one of those. A borrow can set those of
            // bytes above it: then the slow way finds nothing to escape.
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let separator = word ^ (ones &* 0xE2)
            let special =
                ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
                | ((separator &- ones) & ~separator) | ((word &- (ones &* 0x20)) & ~word)
            if special & (ones &* 0x80) != 0 { return false }
            position += 8
        }
        return bytes[position...].allSatisfy {
            $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0xE2
        }
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
