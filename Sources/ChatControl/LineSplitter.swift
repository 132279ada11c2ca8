/// Cuts a stream of bytes into lines, and keeps no more of one than a limit.
public struct LineSplitter: Sendable {
    public enum Line: Equatable, Sendable {
        /// Without its LF, or CR LF.
        case line([UInt8])
        /// It was longer than the limit: what it said is gone.
        case tooLong
    }

    private let limit: Int
    private var partial: [UInt8] = []
    private var isTooLong = false

    /// - Parameter limit: bytes in a line, without its end.
    public init(limit: Int) {
        self.limit = limit
    }

    /// The lines that these bytes complete.
    public mutating func add(_ bytes: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0A) {
            keep(rest[..<end])
            lines.append(take())
            rest = rest[(end + 1)...]
        }
        keep(rest)
        return lines
    }

    /// The last line, where no LF ends it.
    public mutating func finish() -> Line? {
        partial.isEmpty && !isTooLong ? nil : take()
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) {
        guard !isTooLong else { return }
        // One byte more, for a CR that goes with the LF.
        guard partial.count + bytes.count <= limit + 1 else {
            isTooLong = true
            partial = []
            return
        }
        partial += bytes
    }

    private mutating func take() -> Line {
        defer {
            partial = []
            isTooLong = false
        }
        if partial.last == 0x0D { partial.removeLast() }
        return isTooLong || partial.count > limit ? .tooLong : .line(partial)
    }
}
