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
    /// IPv6 address. Nil for an empty host, white space or control characters in it, or a port
    /// outside 0…65535.
    public init?(_ text: some StringProtocol, defaultPort: Int? = nil) {
        let host: Substring
        let port: Substring?
        let text = Substring(text)
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<close]
            guard host.contains(":") else { return nil }
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
        guard !host.isEmpty, host.utf8.count <= 255,
            host.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F && $0 != "/" })
        else { return nil }
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

    public var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
