/// Puts one character together from the bytes of a stream (RFC 3629).
struct UTF8Assembler: Sendable {
    enum Outcome: Equatable {
        case more
        case scalar(Unicode.Scalar)
        /// The byte does not continue the character: what there was of it is dropped.
        case invalid
    }

    private var value: UInt32
    private var missing: Int
    private let least: UInt32

    /// Nil where no character of several bytes starts with this one.
    init?(_ first: UInt8) {
        switch first {
        case 0xC2...0xDF: (value, missing, least) = (UInt32(first & 0x1F), 1, 0x80)
        case 0xE0...0xEF: (value, missing, least) = (UInt32(first & 0x0F), 2, 0x800)
        case 0xF0...0xF4: (value, missing, least) = (UInt32(first & 0x07), 3, 0x10000)
        default: return nil
        }
    }

    mutating func add(_ byte: UInt8) -> Outcome {
        guard byte & 0xC0 == 0x80 else { return .invalid }
        value = value << 6 | UInt32(byte & 0x3F)
        missing -= 1
        if missing > 0 { return .more }
        guard value >= least, let scalar = Unicode.Scalar(value) else { return .invalid }
        return .scalar(scalar)
    }
}
