import ChatValues

/// A host, by name or number, and a TCP port; written `host:port`, `[2001:db8::1]:5555`.
public struct PeerAddress: Hashable, Sendable, CustomStringConvertible {
    /// A host name or a numeric address, without brackets.
    public let host: String
    /// 0 asks for any free port, and only makes sense for listening.
    public let port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`, `[v6]:port`, or, where `defaultPort` is given, a bare host or numeric
    /// IPv6 address. Nil for a host that can't be one (letters, digits, `-`, `.` and `_`, or an
    /// IPv6 address with or without a zone; 255 bytes at most), or a port outside 0…65535.
    ///
    /// `::1:5555` without brackets is an IPv6 address, not one with a port.
    public init?(_ text: some StringProtocol, defaultPort: Int? = nil) {
        let host: Substring
        let port: Substring?
        let text = Substring(text)
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<close]
            guard Self.isIPv6(host) else { return nil }
            let rest = text[text.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.lastIndex(of: ":"), text.firstIndex(of: ":") == colon {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        } else {
            // No colon, or several without brackets: a bare IPv6 address.
            host = text
            port = nil
        }
        guard host.utf8.count <= 255, Self.isIPv6(host) || Self.isName(host) else { return nil }
        if let port {
            guard (1...5).contains(port.utf8.count), port.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
                let number = Int(port), number <= 65_535
            else { return nil }
            self.init(host: String(host), port: number)
        } else {
            guard let defaultPort else { return nil }
            self.init(host: String(host), port: defaultPort)
        }
    }

    /// Enough to tell one from a name; whether it is one, the resolver says.
    private static func isIPv6(_ host: Substring) -> Bool {
        let parts = host.utf8.split(
            separator: UInt8(ascii: "%"), maxSplits: 1, omittingEmptySubsequences: false)
        let digits = parts[0]
        let isNumeric = digits.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: ":"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isNumeric, digits.count(where: { $0 == UInt8(ascii: ":") }) >= 2 else { return false }
        return parts.count == 1 || isName(Substring(parts[1]))
    }

    /// A host name, a numeric IPv4 address, or a zone. Letters of any script: a resolver may know
    /// them; nothing that an error message would have to escape.
    private static func isName(_ host: Substring) -> Bool {
        let isLegible = host.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_": true
            default: scalar.value > 0x7F && scalar.properties.isIDContinue
            }
        }
        return !host.isEmpty && isLegible && SafeText.singleLine(String(host)) == host
    }

    public var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
