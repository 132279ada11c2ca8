/// Well-formed UTF-8, RFC 3629 section 4: no overlong form, no surrogate, nothing past U+10FFFF.
enum UTF8Validation {
    /// How many bytes the sequence at `position` has, 1...4, or 0 when it is ill-formed or cut off.
    ///
    /// - Precondition: `position` is inside `bytes`.
    @inline(__always)
    static func sequenceLength(in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Int {
        let lead = bytes[position]
        if lead < 0x80 { return 1 }
        let left = bytes.count - position
        // The second byte's range is what keeps out the overlong forms and the surrogates.
        let length: Int
        let second: ClosedRange<UInt8>
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard left >= length, second.contains(bytes[position + 1]) else { return 0 }
        for index in 2..<max(length, 2) where bytes[position + index] & 0xC0 != 0x80 {
            return 0
        }
        return length
    }
}
