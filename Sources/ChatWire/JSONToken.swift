/// Where a value stands in a text that ``JSONScanner`` has found to be well-formed there.
struct JSONToken {
    enum Kind: UInt8 {
        case object, array, string, number, trueLiteral, falseLiteral, null
    }

    var kind: Kind
    /// Only for strings: whether there is a backslash in it.
    var hasEscapes = false
    /// The first byte; of a string, the one after the quotation mark.
    var start: Int
    /// Past the last byte; of a string, where the closing quotation mark stands.
    var end: Int

    var count: Int { end - start }
}

extension WireError {
    /// Text that is not JSON, or that this program does not accept as such.
    static func badJSON(_ reason: String) -> WireError {
        WireError(code: .badJSON, reason: reason)
    }

    /// A key of a frame that is missing or has a value that it may not have.
    static func badFrame(_ reason: String) -> WireError {
        WireError(code: .badFrame, reason: reason)
    }
}
