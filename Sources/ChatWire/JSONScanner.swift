/// A strict reader of JSON (RFC 8259) that goes over the bytes once and builds nothing.
///
/// Stricter than the RFC where readers differ and an attacker could use it: the text is UTF-8
/// without a byte-order mark, U+0000 is refused even as an escape, so is half of a surrogate pair
/// (section 8.2), a key may stand in an object once (section 4), and nesting is bounded
/// (section 9).
///
/// The pointer is borrowed: a scanner lives no longer than the closure that lent its bytes.
/// `UnsafeBufferPointer` does not check bounds in a release build, so each read here is preceded by
/// a comparison with `bytes.count`.
struct JSONScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    let maximumDepth: Int
    var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// A scanner that stands at a value found before, to read it again.
    func at(_ token: JSONToken) -> JSONScanner {
        var scanner = self
        scanner.position = token.start
        return scanner
    }

    /// The byte at the position, or nil at the end.
    var current: UInt8? {
        @inline(__always) get { position < bytes.count ? bytes[position] : nil }
    }

    @inline(__always)
    mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// Steps over the white space before a text; its first byte is then at the position.
    mutating func begin() throws(WireError) {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw WireError(
                code: .byteOrderMark, reason: "The text begins with a byte-order mark.")
        }
        skipWhitespace()
    }

    /// Makes sure that nothing but white space follows the text.
    mutating func finish() throws(WireError) {
        skipWhitespace()
        guard position == bytes.count else {
            throw offence("Something follows the end of the JSON text.")
        }
    }

    /// Steps over one value, all of which is checked. `depth` is how many objects and arrays it
    /// stands in.
    mutating func value(depth: Int) throws(WireError) -> JSONToken {
        let start = position
        guard let first = current else { throw offence("A JSON value is missing.") }
        switch first {
        case UInt8(ascii: "\""):
            return try string()
        case UInt8(ascii: "-"), 0x30...0x39:
            return try number()
        case UInt8(ascii: "{"):
            try object(depth: depth) { (scanner, _) throws(WireError) in
                _ = try scanner.value(depth: depth + 1)
            }
            return JSONToken(kind: .object, start: start, end: position)
        case UInt8(ascii: "["):
            try array(depth: depth) { (scanner) throws(WireError) in
                _ = try scanner.value(depth: depth + 1)
            }
            return JSONToken(kind: .array, start: start, end: position)
        case UInt8(ascii: "t"):
            return try literal("true", .trueLiteral)
        case UInt8(ascii: "f"):
            return try literal("false", .falseLiteral)
        case UInt8(ascii: "n"):
            return try literal("null", .null)
        default:
            throw offence("A JSON value is missing.")
        }
    }

    /// Reads the object at the position, which stands in `depth` others. `member` gets each key and
    /// must step over the value, at which the scanner then stands.
    @inline(__always)
    mutating func object(
        depth: Int, member: (inout JSONScanner, JSONToken) throws(WireError) -> Void
    ) throws(WireError) {
        try enter(UInt8(ascii: "{"), depth: depth)
        skipWhitespace()
        if current == UInt8(ascii: "}") {
            position += 1
            return
        }
        var keys = JSONKeys()
        while true {
            skipWhitespace()
            guard current == UInt8(ascii: "\"") else {
                throw offence("A key of a JSON object must be a string.")
            }
            let key = try string()
            try keys.insert(key, of: self)
            skipWhitespace()
            guard current == UInt8(ascii: ":") else {
                throw offence("A colon is missing after a key.")
            }
            position += 1
            skipWhitespace()
            try member(&self, key)
            if try !another(before: UInt8(ascii: "}")) { return }
        }
    }

    /// Reads the array at the position, which stands in `depth` others. `element` must step over
    /// each value, at which the scanner then stands.
    @inline(__always)
    mutating func array(
        depth: Int, element: (inout JSONScanner) throws(WireError) -> Void
    ) throws(WireError) {
        try enter(UInt8(ascii: "["), depth: depth)
        skipWhitespace()
        if current == UInt8(ascii: "]") {
            position += 1
            return
        }
        while true {
            skipWhitespace()
            try element(&self)
            if try !another(before: UInt8(ascii: "]")) { return }
        }
    }

    private mutating func enter(_ bracket: UInt8, depth: Int) throws(WireError) {
        guard current == bracket else { throw offence("A JSON value is missing.") }
        guard depth < maximumDepth else { throw .tooDeep(maximumDepth) }
        position += 1
    }

    /// Steps over a comma (true) or the closing bracket (false).
    private mutating func another(before bracket: UInt8) throws(WireError) -> Bool {
        skipWhitespace()
        guard let byte = current, byte == UInt8(ascii: ",") || byte == bracket else {
            throw offence("A comma or a closing bracket is missing.")
        }
        position += 1
        return byte == UInt8(ascii: ",")
    }

    private mutating func literal(
        _ text: StaticString, _ kind: JSONToken.Kind
    ) throws(WireError) -> JSONToken {
        let start = position
        for index in 0..<text.utf8CodeUnitCount {
            guard current == text.utf8Start[index] else {
                throw offence("A JSON value is missing.")
            }
            position += 1
        }
        return JSONToken(kind: kind, start: start, end: position)
    }

    /// What is wrong with the byte at the position, where the grammar wants another one.
    func offence(_ reason: String) -> WireError {
        guard let byte = current else { return .badJSON("The JSON text ends too early.") }
        if byte == 0 { return .nul }
        guard UTF8Validation.sequenceLength(in: bytes, at: position) > 0 else { return .notUTF8 }
        return .badJSON(reason)
    }
}

extension WireError {
    static let nul = WireError(code: .nul, reason: "The text has the character U+0000 in it.")
    static let notUTF8 = WireError(code: .notUTF8, reason: "The text is not UTF-8.")

    static func tooDeep(_ maximum: Int) -> WireError {
        WireError(
            code: .tooDeep, reason: "Objects and arrays are nested deeper than \(maximum) levels.")
    }
}
