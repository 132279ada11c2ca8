/// A JSON text as a tree, read by the same strict rules as a frame: see ``init(parsing:maximumDepth:)``.
///
/// For what has no fixed shape. Frames are read without one.
public indirect enum JSONValue: Sendable, Hashable {
    /// The members in the order of the text. No key comes twice.
    case object([Member])
    case array([JSONValue])
    case string(String)
    /// A number's nearest double, and its text as it came, so that it can be given back unchanged.
    case number(Double, text: String)
    case bool(Bool)
    case null

    /// A key of an object with its value.
    public struct Member: Sendable, Hashable {
        public var key: String
        public var value: JSONValue

        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// Reads exactly one JSON text with white space around it.
    ///
    /// Refused besides what RFC 8259 refuses: anything but UTF-8, a byte-order mark, U+0000 also as
    /// `\u0000`, half of a surrogate pair, a key that comes twice in an object, deeper nesting than
    /// `maximumDepth` (at most 256), and a number that is too large for a double.
    public init(
        parsing bytes: some Sequence<UInt8>, maximumDepth: Int = WireLimits.depth
    ) throws(WireError) {
        let depth = min(maximumDepth, 256)
        // The closure's own `throws` would lose the error's type.
        func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<JSONValue, WireError> {
            do throws(WireError) {
                var scanner = JSONScanner(bytes, maximumDepth: depth)
                try scanner.begin()
                let value = try scanner.tree(depth: 0)
                try scanner.finish()
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        let result =
            bytes.withContiguousStorageIfAvailable(read)
            ?? Array(bytes).withUnsafeBufferPointer(read)
        self = try result.get()
    }

    /// An object's value for a key, compared byte by byte; nil when there is none or this is not an
    /// object.
    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// The string, when this is one.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The number, when this is one that is whole and not too large.
    public var integer: Int? {
        if case .number(let value, _) = self { Int(exactly: value) } else { nil }
    }

    /// The truth value, when this is one.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements, when this is an array.
    public var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}

extension JSONScanner {
    /// Reads the value at the position, which stands in `depth` objects and arrays.
    fileprivate mutating func tree(depth: Int) throws(WireError) -> JSONValue {
        switch current {
        case UInt8(ascii: "{"):
            var members: [JSONValue.Member] = []
            try object(depth: depth) { (scanner, key) throws(WireError) in
                members.append(
                    JSONValue.Member(
                        key: scanner.text(key), value: try scanner.tree(depth: depth + 1)))
            }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try array(depth: depth) { (scanner) throws(WireError) in
                elements.append(try scanner.tree(depth: depth + 1))
            }
            return .array(elements)
        default:
            let token = try value(depth: depth)
            switch token.kind {
            case .trueLiteral: return .bool(true)
            case .falseLiteral: return .bool(false)
            case .number:
                guard let value = double(token) else { throw .badFrame("A number is too large.") }
                return .number(value, text: String(decoding: raw(token), as: UTF8.self))
            case .string: return .string(text(token))
            case .null, .object, .array: return .null
            }
        }
    }
}
