/// Where the values of a frame's known keys stand in its line. What they mean depends on `type`,
/// which may come last: so first all are found, then those that the type has are read.
struct FrameFields {
    let scanner: JSONScanner
    var type: JSONToken?
    var id: JSONToken?
    var sender: JSONToken?
    var content: JSONToken?
    var timestamp: JSONToken?
    var state: JSONToken?
    var action: JSONToken?
    var username: JSONToken?
    var ip: JSONToken?
    var port: JSONToken?
    var users: JSONToken?
    var active: JSONToken?
    var code: JSONToken?
    var reason: JSONToken?
    var version: JSONToken?
    var features: JSONToken?
    var instance: JSONToken?
    var rendezvous: JSONToken?

    /// Checks the whole text and finds the keys of the object that it is.
    init(parsing bytes: UnsafeBufferPointer<UInt8>) throws(WireError) {
        var scanner = JSONScanner(bytes, maximumDepth: WireLimits.depth)
        self.scanner = scanner
        try scanner.begin()
        guard scanner.current == UInt8(ascii: "{") else {
            _ = try scanner.value(depth: 0)
            try scanner.finish()
            throw WireError(code: .notAnObject, reason: "The JSON text is not an object.")
        }
        try readMembers(&scanner, depth: 0)
        try scanner.finish()
    }

    /// The keys of an object inside a frame.
    init(_ token: JSONToken, of outer: FrameFields, depth: Int) throws(WireError) {
        var scanner = outer.scanner.at(token)
        self.scanner = scanner
        try readMembers(&scanner, depth: depth)
    }

    private mutating func readMembers(
        _ scanner: inout JSONScanner, depth: Int
    ) throws(WireError) {
        try scanner.object(depth: depth) { (scanner, key) throws(WireError) in
            let value = try scanner.value(depth: depth + 1)
            if key.hasEscapes {
                scanner.unescaped(key).withUnsafeBufferPointer { set(value, forKey: $0) }
            } else {
                set(value, forKey: scanner.raw(key))
            }
        }
    }

    @inline(__always)
    private mutating func set(_ value: JSONToken, forKey key: UnsafeBufferPointer<UInt8>) {
        func isKey(_ name: StaticString) -> Bool {
            // The caller's switch has compared the lengths.
            for index in 0..<key.count where key[index] != name.utf8Start[index] { return false }
            return true
        }
        switch key.count {
        case 2:
            if isKey("id") { id = value } else if isKey("ip") { ip = value }
        case 4:
            if isKey("type") {
                type = value
            } else if isKey("port") {
                port = value
            } else if isKey("code") {
                code = value
            }
        case 5:
            if isKey("state") { state = value } else if isKey("users") { users = value }
        case 6:
            if isKey("sender") {
                sender = value
            } else if isKey("action") {
                action = value
            } else if isKey("active") {
                active = value
            } else if isKey("reason") {
                reason = value
            }
        case 7:
            if isKey("content") { content = value } else if isKey("version") { version = value }
        case 8:
            if isKey("username") {
                username = value
            } else if isKey("features") {
                features = value
            } else if isKey("instance") {
                instance = value
            }
        case 9:
            if isKey("timestamp") { timestamp = value }
        case 10:
            if isKey("rendezvous") { rendezvous = value }
        default:
            break
        }
    }
}
