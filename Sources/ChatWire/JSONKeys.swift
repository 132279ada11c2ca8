/// The keys that one object has had so far, to find one that comes twice.
///
/// Keys are compared as the bytes that they stand for after unescaping: not as Swift strings, for
/// which two spellings of "é" are equal.
struct JSONKeys {
    // The first eight are compared in place, so that an ordinary frame allocates nothing. More go
    // into a set: with 20,000 keys to a line, comparing each with each would be an attack. The
    // set's hash is seeded anew in each process.
    private var starts = SIMD8<Int>()
    private var ends = SIMD8<Int>()
    private var escapes: UInt8 = 0
    private var count = 0
    private var many: Set<[UInt8]> = []

    mutating func insert(_ key: JSONToken, of scanner: JSONScanner) throws(WireError) {
        if count < 8 {
            for index in 0..<count where isEqual(self[index], key, scanner) { throw .duplicateKey }
            starts[count] = key.start
            ends[count] = key.end
            if key.hasEscapes { escapes |= 1 << UInt8(count) }
            count += 1
            return
        }
        if many.isEmpty {
            for index in 0..<count { many.insert(scanner.unescaped(self[index])) }
        }
        guard many.insert(scanner.unescaped(key)).inserted else { throw .duplicateKey }
    }

    private subscript(index: Int) -> JSONToken {
        JSONToken(
            kind: .string, hasEscapes: escapes & 1 << UInt8(index) != 0, start: starts[index],
            end: ends[index])
    }

    @inline(__always)
    private func isEqual(_ left: JSONToken, _ right: JSONToken, _ scanner: JSONScanner) -> Bool {
        if left.hasEscapes || right.hasEscapes {
            return scanner.unescaped(left) == scanner.unescaped(right)
        }
        guard left.count == right.count else { return false }
        for offset in 0..<left.count
        where scanner.bytes[left.start + offset] != scanner.bytes[right.start + offset] {
            return false
        }
        return true
    }
}

extension WireError {
    static let duplicateKey = WireError(
        code: .duplicateKey, reason: "An object has the same key twice.")
}
