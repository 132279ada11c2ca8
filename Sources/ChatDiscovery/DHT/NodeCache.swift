/// Nodes of the table that were met, as text: id in hexadecimal, address and port, one to a line.
/// They are asked first at the next start, before any well-known one.
struct NodeCache: Hashable, Sendable {
    static let limit = 64
    /// Of a file: whatever is longer is not ours.
    static let byteLimit = 16_384

    struct Node: Hashable, Sendable {
        var id: DHTKey
        /// The text of an address.
        var host: String
        var port: UInt16
    }

    var nodes: [Node]

    init(_ nodes: [Node]) {
        self.nodes = Array(nodes.prefix(Self.limit))
    }

    /// What can't be read in it is left out: the file may be damaged, and is no loss.
    init(parsing bytes: [UInt8]) {
        guard bytes.count <= Self.byteLimit,
            let text = String(validating: bytes, as: UTF8.self)
        else {
            self.init([])
            return
        }
        self.init(text.split(separator: "\n").prefix(Self.limit).compactMap(Self.node))
    }

    private static func node(_ line: Substring) -> Node? {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == DHTKey.length * 2,
            let port = UInt16(parts[2]), port > 0, let address = Host.bytes(String(parts[1])),
            address.contains(where: { $0 != 0 })
        else { return nil }
        let digits = Array(parts[0])
        let id = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)
        }
        return DHTKey(id).map { Node(id: $0, host: Host.text(address), port: port) }
    }

    var bytes: [UInt8] {
        let lines = nodes.map { node in
            let id = node.id.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            return "\(id) \(node.host) \(node.port)\n"
        }
        return Array(lines.joined().utf8)
    }
}
