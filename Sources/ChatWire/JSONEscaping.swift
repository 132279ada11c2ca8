import NIOCore

/// The inside of a string: RFC 8259 section 7.
extension JSONWriter {
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
