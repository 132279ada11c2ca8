public import NIOCore

/// Writes JSON (RFC 8259) into a buffer, value by value.
///
/// It puts the commas and colons. That a key stands before each value of an object, and that what
/// was begun is ended, is the caller's part:
///
///     var json = JSONWriter()
///     json.object { json in
///         json.member("event", "listening")
///         json.member("port", 5555)
///     }
///     json.buffer.writeInteger(UInt8(ascii: "\n"))
public struct JSONWriter: Sendable {
    /// How the text looks.
    public struct Style: Sendable, Hashable {
        /// Whether a space follows each comma and colon.
        public var spaced: Bool
        /// Whether all but printable ASCII is escaped.
        public var asciiOnly: Bool

        public init(spaced: Bool, asciiOnly: Bool) {
            self.spaced = spaced
            self.asciiOnly = asciiOnly
        }

        /// No spaces; UTF-8 as it is, except U+2028 and U+2029, at which some readers end a line.
        public static let compact = Style(spaced: false, asciiOnly: false)
        /// To the byte what Python's `json.dumps` writes when called with no options.
        public static let python = Style(spaced: true, asciiOnly: true)
    }

    /// What has been written. May be written to between complete values, say to end a line.
    public var buffer: ByteBuffer
    let style: Style
    var needsComma = false

    public init(style: Style = .compact, buffer: ByteBuffer = ByteBuffer()) {
        self.style = style
        self.buffer = buffer
    }

    /// Writes an object; `members` writes its keys and values.
    public mutating func object<E: Error>(
        _ members: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        open(UInt8(ascii: "{"))
        try members(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes an array; `elements` writes its values.
    public mutating func array<E: Error>(
        _ elements: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        open(UInt8(ascii: "["))
        try elements(&self)
        close(UInt8(ascii: "]"))
    }

    /// Writes a key of an object. Its value must follow.
    public mutating func key(_ key: String) {
        if !writePlain(key, then: UInt8(ascii: ":")) {
            string(key)
            buffer.writeInteger(UInt8(ascii: ":"))
            if style.spaced { buffer.writeInteger(UInt8(ascii: " ")) }
        }
        needsComma = false
    }

    public mutating func bool(_ value: Bool) {
        separate()
        buffer.writeStaticString(value ? "true" : "false")
    }

    public mutating func null() {
        separate()
        buffer.writeStaticString("null")
    }

    public mutating func number(_ value: Int) {
        separate()
        buffer.writeString(String(value))
    }

    /// Writes the shortest text that reads back as the same double. JSON has no infinity and no
    /// NaN: they become `null`.
    public mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        let count = buffer.writeWithUnsafeMutableBytes(
            minimumWritableBytes: DecimalDouble.textLength
        ) { DecimalDouble.write(value, to: $0) ?? 0 }
        if count > 0 { return }
        if value.magnitude >= 0x1p53, value.magnitude < 1e16 {
            // Swift turns to exponents here, Python a little later.
            buffer.writeString("\(Int64(value)).0")
        } else {
            buffer.writeString(value.description)
        }
    }

    /// Writes a value that was read, numbers exactly as they came.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .object(let members):
            object { json in
                for member in members {
                    json.key(member.key)
                    json.value(member.value)
                }
            }
        case .array(let elements):
            array { json in
                for element in elements { json.value(element) }
            }
        case .string(let text): string(text)
        case .number(_, let text):
            separate()
            buffer.writeString(text)
        case .bool(let value): bool(value)
        case .null: null()
        }
    }

    /// Writes a string. U+0000 becomes U+FFFD, since our readers refuse it in any form.
    public mutating func string(_ text: String) {
        if writePlain(text) { return }
        separate()
        buffer.writeInteger(UInt8(ascii: "\""))
        if style.asciiOnly {
            writeASCII(text)
        } else {
            var text = text
            text.withUTF8 { writeEscaped(UnsafeRawBufferPointer($0)) }
        }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        buffer.writeInteger(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        buffer.writeInteger(bracket)
        needsComma = true
    }

    /// Writes the comma between two values. After it a value must come.
    private mutating func separate() {
        if needsComma {
            buffer.writeInteger(UInt8(ascii: ","))
            if style.spaced { buffer.writeInteger(UInt8(ascii: " ")) }
        }
        needsComma = true
    }
}

extension JSONWriter {
    /// Writes a key and a string.
    public mutating func member(_ key: String, _ value: String) {
        self.key(key)
        string(value)
    }

    /// Writes a key and a whole number.
    public mutating func member(_ key: String, _ value: Int) {
        self.key(key)
        number(value)
    }

    /// Writes a key and a number.
    public mutating func member(_ key: String, _ value: Double) {
        self.key(key)
        number(value)
    }

    /// Writes a key and a truth value.
    public mutating func member(_ key: String, _ value: Bool) {
        self.key(key)
        bool(value)
    }
}
