extension JSONScanner {
    /// Steps over the string whose opening quotation mark is at the position.
    mutating func string() throws(WireError) -> JSONToken {
        position += 1
        var token = JSONToken(kind: .string, start: position, end: position)
        while true {
            skipPlainText()
            guard position < bytes.count else {
                throw .badJSON("The JSON text ends inside a string.")
            }
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                token.end = position
                position += 1
                return token
            case UInt8(ascii: "\\"):
                token.hasEscapes = true
                _ = try escape()
            case 0:
                throw .nul
            case 0..<0x20:
                throw .badJSON("A control character in a string must be escaped.")
            default:
                let length = UTF8Validation.sequenceLength(in: bytes, at: position)
                guard length > 0 else { throw .notUTF8 }
                position += length
            }
        }
    }

    /// Goes over ASCII that needs no further look.
    @inline(__always)
    mutating func skipPlainText() {
        let raw = UnsafeRawBufferPointer(bytes)
        while position + JSONBytes.blockByteCount <= raw.count {
            let block = raw.loadUnaligned(fromByteOffset: position, as: JSONBytes.Block.self)
            if let end = JSONBytes.endOfPlainText(block) {
                position += end
                return
            }
            position += JSONBytes.blockByteCount
        }
        if position + 8 <= raw.count {
            let word = UInt64(
                littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            if let end = JSONBytes.endOfPlainText(word) {
                position += end
                return
            }
            position += 8
        }
        while position < bytes.count {
            let byte = bytes[position]
            guard byte >= 0x20, byte < 0x80, byte != 0x22, byte != 0x5C else { return }
            position += 1
        }
    }

    /// Steps over the escape whose backslash is at the position: what it stands for.
    mutating func escape() throws(WireError) -> Unicode.Scalar {
        guard position + 1 < bytes.count else {
            throw .badJSON("The JSON text ends inside a string.")
        }
        let letter = bytes[position + 1]
        position += 2
        switch letter {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default:
            position -= 1
            throw offence("There is an escape in a string that JSON does not have.")
        }
        var value = try hexadecimal()
        if value & 0xFC00 == 0xD800 {
            // RFC 8259 section 7: a character past U+FFFF is two escapes, a surrogate pair.
            guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw .loneSurrogate }
            position += 2
            let low = try hexadecimal()
            guard low & 0xFC00 == 0xDC00 else { throw .loneSurrogate }
            value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
        }
        guard value != 0 else { throw .nul }
        guard let scalar = Unicode.Scalar(value) else { throw .loneSurrogate }
        return scalar
    }

    private mutating func hexadecimal() throws(WireError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch current {
            case .some(let byte) where 0x30...0x39 ~= byte: digit = byte - 0x30
            case .some(let byte) where 0x41...0x46 ~= byte: digit = byte - 0x41 + 10
            case .some(let byte) where 0x61...0x66 ~= byte: digit = byte - 0x61 + 10
            default: throw offence("Four hexadecimal digits must follow \\u.")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    /// The bytes between the token's ends, as they stand in the text.
    func raw(_ token: JSONToken) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[token.start..<token.end])
    }

    /// The string that a string token stands for.
    func text(_ token: JSONToken) -> String {
        guard token.hasEscapes else { return String(decoding: raw(token), as: UTF8.self) }
        return String(decoding: unescaped(token), as: UTF8.self)
    }

    /// The UTF-8 bytes that a string token stands for.
    func unescaped(_ token: JSONToken) -> [UInt8] {
        guard token.hasEscapes else { return Array(raw(token)) }
        var result: [UInt8] = []
        result.reserveCapacity(token.count)
        var scanner = at(token)
        while scanner.position < token.end {
            let byte = bytes[scanner.position]
            if byte == UInt8(ascii: "\\") {
                // It has been scanned before, so it can't be wrong now.
                guard let scalar = try? scanner.escape() else { return result }
                result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            } else {
                result.append(byte)
                scanner.position += 1
            }
        }
        return result
    }
}

extension WireError {
    static let loneSurrogate = badJSON("An escape in a string names half of a surrogate pair.")
}
