extension JSONScanner {
    /// Steps over the number at the position (RFC 8259 section 6).
    mutating func number() throws(WireError) -> JSONToken {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") {
            position += 1
            if let byte = current, 0x30...0x39 ~= byte {
                throw .badJSON("A number begins with a needless zero.")
            }
        } else {
            try digits()
        }
        if current == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return JSONToken(kind: .number, start: start, end: position)
    }

    private mutating func digits() throws(WireError) {
        let start = position
        while let byte = current, 0x30...0x39 ~= byte { position += 1 }
        if position == start { throw offence("A digit is missing in a number.") }
    }

    /// The nearest double to a number token, or nil when it is too large for one. What is too small
    /// is zero.
    func double(_ token: JSONToken) -> Double? {
        if let value = DecimalDouble.read(raw(token)) { return value }
        guard let value = Double(String(decoding: raw(token), as: UTF8.self)), value.isFinite else {
            return nil
        }
        return value
    }
}
