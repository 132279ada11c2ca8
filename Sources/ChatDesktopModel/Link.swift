/// An address of the web in a message. Opening one tells its owner that it was read, and from
/// where: it is shown whole before it is opened, and only ever by the user's hand.
public struct Link: Sendable, Hashable {
    /// The whole address, as it stands in the text.
    public let target: String
    /// The part that says who is visited.
    public let host: String
    /// Where it stands in the text, in bytes of UTF-8.
    public let range: Range<Int>

    /// How many of a message's links are offered.
    public static let limit = 8

    /// True where the host's letters may pass for others: shown with a warning.
    public var looksForeign: Bool {
        host.utf8.contains { $0 >= 0x80 } || host.hasPrefix("xn--") || host.contains(".xn--")
    }

    /// `http` and `https` alone: other schemes start programs.
    public static func all(in text: String) -> [Link] {
        var found: [Link] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count, found.count < limit {
            guard let scheme = schemes.first(where: { bytes[index...].starts(with: $0) }),
                index == 0 || !isWordByte(bytes[index - 1])
            else {
                index += 1
                continue
            }
            var end = index + scheme.count
            while end < bytes.count, !endsAddress(bytes[end]) { end += 1 }
            end = trimmed(bytes, from: index + scheme.count, to: end)
            if let link = link(bytes, index..<end, afterScheme: index + scheme.count) {
                found.append(link)
            }
            index = max(end, index + 1)
        }
        return found
    }

    private static let schemes = [Array("https://".utf8), Array("http://".utf8)]

    /// Nil where there is no host, or it is hidden behind a user name, as in
    /// `https://bank.example@evil.example/`.
    private static func link(_ bytes: [UInt8], _ range: Range<Int>, afterScheme: Int) -> Link? {
        guard range.upperBound > afterScheme else { return nil }
        let rest = bytes[afterScheme..<range.upperBound]
        let authority = rest.prefix {
            $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?")
                && $0 != UInt8(ascii: "#")
        }
        guard !authority.isEmpty, !authority.contains(UInt8(ascii: "@")),
            !authority.contains(UInt8(ascii: "\\")),
            authority.first != UInt8(ascii: "."), authority.first != UInt8(ascii: ":")
        else { return nil }
        let target = String(decoding: bytes[range], as: UTF8.self)
        return Link(
            target: target, host: String(decoding: authority, as: UTF8.self), range: range)
    }

    private static func endsAddress(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x7F || Array("<>\"`{}|^".utf8).contains(byte)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
            true
        default: false
        }
    }

    /// Without what ends a sentence rather than an address.
    private static func trimmed(_ bytes: [UInt8], from start: Int, to end: Int) -> Int {
        var end = end
        while end > start {
            let last = bytes[end - 1]
            if Array(".,;:!?'*_".utf8).contains(last) {
                end -= 1
            } else if last == UInt8(ascii: ")"),
                !bytes[start..<end].contains(UInt8(ascii: "("))
            {
                end -= 1
            } else {
                break
            }
        }
        return end
    }
}
