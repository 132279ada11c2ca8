/// The SHA-256 digests of a backup's files, as `sha256sum` writes and checks them.
struct Checksums {
    private(set) var entries: [(name: String, digest: String)] = []

    mutating func add(_ name: String, _ digest: [UInt8]) {
        entries.append((name, hexadecimal(digest)))
    }

    /// A line for each: 64 digits, two spaces, the name.
    var text: String { entries.map { "\($0.digest)  \($0.name)\n" }.joined() }

    static func byteCount(of names: [String]) -> UInt64 {
        names.reduce(0) { $0 + UInt64(64 + 2 + $1.utf8.count + 1) }
    }
}
