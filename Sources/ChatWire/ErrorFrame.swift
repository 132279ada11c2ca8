/// Says why the sender closes the connection now. Never answered.
public struct ErrorFrame: Sendable, Hashable {
    /// A machine's name of the reason: an open set of lower-case words with hyphens.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// A byte sequence that is not UTF-8 (RFC 3629).
        public static let notUTF8 = Code(rawValue: "not-utf8")
        /// The line begins with a byte-order mark.
        public static let byteOrderMark = Code(rawValue: "bom")
        /// U+0000, as a byte or as an escape.
        public static let nul = Code(rawValue: "nul")
        /// Not JSON (RFC 8259).
        public static let badJSON = Code(rawValue: "bad-json")
        /// An object has the same key twice.
        public static let duplicateKey = Code(rawValue: "duplicate-key")
        /// Objects and arrays nested deeper than ``WireLimits/depth``.
        public static let tooDeep = Code(rawValue: "too-deep")
        /// JSON, but not an object.
        public static let notAnObject = Code(rawValue: "not-an-object")
        /// A line longer than ``WireLimits/line``, or ``WireLimits/hello`` before the hello.
        public static let lineTooLong = Code(rawValue: "line-too-long")
        /// A key is missing, or has a value that it may not have.
        public static let badFrame = Code(rawValue: "bad-frame")
        /// A hello of a version that is not spoken here.
        public static let unsupportedVersion = Code(rawValue: "unsupported-version")
        /// A message's content is longer than ``WireLimits/content``.
        public static let contentTooLong = Code(rawValue: "content-too-long")
        /// Another frame came before the hello, or a second hello.
        public static let unexpectedFrame = Code(rawValue: "unexpected-frame")
        /// No hello came in time.
        public static let timeout = Code(rawValue: "timeout")
    }

    public var code: Code
    /// One sentence for a person, at most ``WireLimits/reason`` UTF-8 bytes.
    public var reason: String

    public init(code: Code, reason: String) {
        self.code = code
        self.reason = reason
    }
}

/// What is wrong with bytes that came, or with a frame that was to be sent.
public struct WireError: Error, Sendable, Hashable {
    public var code: ErrorFrame.Code
    /// One sentence, in visible ASCII: nothing of what came is repeated in it.
    public var reason: String

    public init(code: ErrorFrame.Code, reason: String) {
        self.code = code
        self.reason = reason
    }

    /// The frame that tells the other side.
    public var frame: Frame {
        .error(ErrorFrame(code: code, reason: reason))
    }
}

extension WireError: CustomStringConvertible {
    public var description: String {
        "\(reason) (\(code.rawValue))"
    }
}
