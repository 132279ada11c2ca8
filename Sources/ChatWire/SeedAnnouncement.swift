import NIOCore

/// The datagram by which the seed program tells its network, over and over, that somebody is there.
///
///     {"type": "presence", "username": "alice", "host": "192.0.2.7", "port": 5556, "timestamp": 1764000000.25}
public struct SeedAnnouncement: Sendable, Hashable {
    /// The most bytes of a datagram that are looked at: what the seed program reads at once.
    public static let maximumByteCount = 1_024

    /// A claim, 1...``WireLimits/name`` UTF-8 bytes, as it came.
    public var username: String
    /// 1...65535.
    public var port: Int

    public init(username: String, port: Int) {
        self.username = username
        self.port = port
    }

    /// Nil for anything else. The host in it is not read: where a datagram comes from is known, and
    /// nobody is to send us to a third party.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.maximumByteCount else { return nil }
        let read = bytes.withUnsafeBufferPointer { buffer -> SeedAnnouncement? in
            guard let fields = try? FrameFields(parsing: buffer), let type = fields.type,
                type.kind == .string, fields.scanner.text(type) == "presence",
                let name = fields.username,
                let username = try? fields.string(name, "username", limit: WireLimits.name),
                !username.isEmpty, let port = try? fields.portNumber(), port > 0
            else { return nil }
            return SeedAnnouncement(username: username, port: port)
        }
        guard let read else { return nil }
        self = read
    }

    /// The datagram, as Python's `json.dumps` writes it; nil where the name makes it too long.
    ///
    /// - Parameters:
    ///   - host: where others see us.
    ///   - timestamp: seconds since 1970.
    public func bytes(host: String, timestamp: Double) -> [UInt8]? {
        var json = JSONWriter(style: .python)
        json.object { json in
            json.member("type", "presence")
            json.member("username", username)
            json.member("host", host)
            json.member("port", port)
            json.member("timestamp", timestamp)
        }
        let bytes = Array(json.buffer.readableBytesView)
        return bytes.count <= Self.maximumByteCount ? bytes : nil
    }
}
