/// A member's header in a tar archive: ustar (POSIX.1-2024, pax, "ustar Interchange Format"), with
/// GNU's binary form for sizes from 8 GiB on, which GNU tar, bsdtar and Python read.
///
/// There is one way to write each header, and a header that was written in any other is refused:
/// no links, no devices, no extensions, no owner, no second meaning.
struct TarHeader: Equatable {
    enum Kind: Equatable { case file, folder }

    static let blockByteCount = 512
    /// Two empty blocks.
    static let end = [UInt8](repeating: 0, count: 2 * blockByteCount)

    /// At most 100 bytes of UTF-8; that of a folder ends in a slash.
    let name: String
    let kind: Kind
    /// The permission bits.
    let mode: UInt32
    /// In bytes; 0 for a folder.
    let size: UInt64
    /// Seconds since 1970.
    let time: UInt64

    /// How many bytes there are from the end of the content to the next header.
    static func padding(after size: UInt64) -> Int {
        let rest = Int(size % UInt64(blockByteCount))
        return rest == 0 ? 0 : blockByteCount - rest
    }

    /// With header and padding.
    static func memberByteCount(_ size: UInt64) -> UInt64 {
        UInt64(blockByteCount) + size + UInt64(padding(after: size))
    }

    /// The 512 bytes.
    var bytes: [UInt8] {
        var block = [UInt8](repeating: 0, count: Self.blockByteCount)
        func put(_ text: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in text.enumerated() { block[offset + index] = byte }
        }
        func put(octal number: UInt64, digits: Int, at offset: Int) {
            let text = String(number, radix: 8)
            put(
                (String(repeating: "0", count: max(0, digits - text.count)) + text).utf8, at: offset
            )
        }
        put(name.utf8.prefix(100), at: 0)
        put(octal: UInt64(mode), digits: 7, at: 100)
        put(octal: 0, digits: 7, at: 108)
        put(octal: 0, digits: 7, at: 116)
        if size < Self.octalLimit {
            put(octal: size, digits: 11, at: 124)
        } else {
            block[124] = 0x80
            for index in 0..<8 { block[128 + index] = UInt8(size >> UInt64(56 - 8 * index) & 0xFF) }
        }
        put(octal: min(time, Self.octalLimit - 1), digits: 11, at: 136)
        put(String(repeating: " ", count: 8).utf8, at: 148)
        block[156] = kind == .file ? UInt8(ascii: "0") : UInt8(ascii: "5")
        put("ustar\u{0}00".utf8, at: 257)
        put(octal: 0, digits: 7, at: 329)
        put(octal: 0, digits: 7, at: 337)
        let sum = block.reduce(0) { $0 + UInt64($1) }
        put(octal: sum, digits: 6, at: 148)
        block[154] = 0
        return block
    }

    private static let octalLimit: UInt64 = 1 << 33
}

extension TarHeader {
    /// Why a block is no header of ours.
    enum Fault: Error, Equatable {
        /// A link, a device, or something else that is neither file nor folder; its name.
        case kind(String)
        /// Not what this program writes.
        case malformed
    }

    /// - Parameter block: 512 bytes.
    init(_ block: [UInt8]) throws(Fault) {
        guard block.count == Self.blockByteCount,
            let name = String(validating: block[..<100].prefix { $0 != 0 }, as: UTF8.self),
            let mode = Self.octal(block[100..<107]), let time = Self.octal(block[136..<147]),
            let size = Self.size(block[124..<136])
        else { throw .malformed }
        switch block[156] {
        case UInt8(ascii: "0"): kind = .file
        case UInt8(ascii: "5"): kind = .folder
        // Letters and digits have meanings in tar, all others none.
        case 0x31...0x39, 0x41...0x5A, 0x61...0x7A: throw .kind(name)
        default: throw .malformed
        }
        self.name = name
        self.mode = UInt32(truncatingIfNeeded: mode)
        self.size = size
        self.time = time
        guard bytes == block, kind == .file || size == 0 else { throw .malformed }
    }

    private static func octal(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            guard (0x30...0x37).contains(digit) else { return nil }
            number = number << 3 | UInt64(digit & 7)
        }
        return number
    }

    private static func size(_ field: ArraySlice<UInt8>) -> UInt64? {
        guard field.first == 0x80 else { return octal(field.dropLast()) }
        guard field.dropFirst().prefix(3).allSatisfy({ $0 == 0 }) else { return nil }
        let size = field.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // No file is that long; sums of sizes can't overflow.
        return size < 1 << 56 ? size : nil
    }
}
