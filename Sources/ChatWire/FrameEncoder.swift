public import NIOCore

extension ByteBuffer {
    /// Writes a frame as one line with its LF.
    ///
    /// Lengths are not looked at here: a frame that is to be accepted keeps within ``WireLimits``.
    /// A timestamp that is not finite is written as 0.
    public mutating func writeFrame(_ frame: Frame) {
        switch frame {
        case .receipt(let receipt):
            return writeFixedShape(receipt)
        case .message(let message):
            if let id = message.id, writeFixedShape(message, id: id) { return }
        default:
            break
        }
        writeInFull(frame)
    }

    /// Writes any frame, by way of a ``JSONWriter``.
    mutating func writeInFull(_ frame: Frame) {
        // The buffer changes hands for the while, so that nothing is copied.
        var json = JSONWriter(buffer: self)
        self = ByteBuffer()
        json.object { json in json.members(of: frame) }
        json.buffer.writeInteger(UInt8(ascii: "\n"))
        self = json.buffer
    }
}

extension JSONWriter {
    private mutating func member(_ key: String, _ id: MessageID) {
        self.key(key)
        self.id(id)
    }

    /// Writes the keys and values of a frame.
    fileprivate mutating func members(of frame: Frame) {
        switch frame {
        case .hello(let hello): members(of: hello)
        case .message(let message):
            member("type", "message")
            if let id = message.id { member("id", id) }
            messageMembers(
                sender: message.sender, content: message.content, timestamp: message.timestamp)
        case .receipt(let receipt):
            member("type", "receipt")
            member("id", receipt.id)
            member("state", receipt.state.rawValue)
        case .presence(let presence): members(of: presence)
        case .presenceList(let list): members(of: list)
        case .ping: member("type", "ping")
        case .pong: member("type", "pong")
        case .typing(let typing):
            member("type", "typing")
            member("active", typing.active)
        case .error(let error):
            member("type", "error")
            member("code", error.code.rawValue)
            member("reason", error.reason)
        case .bye(let bye):
            member("type", "bye")
            if let reason = bye.reason { member("reason", reason.rawValue) }
        case .unknown(let type):
            if let type { member("type", type) }
        }
    }

    private mutating func members(of hello: Hello) {
        member("type", "hello")
        member("version", hello.version)
        member("username", hello.username)
        if let port = hello.port { member("port", port) }
        key("features")
        array { json in
            for feature in hello.features { json.string(feature) }
        }
        if let instance = hello.instance { member("instance", instance) }
        if let rendezvous = hello.rendezvous { member("rendezvous", rendezvous) }
        if let timestamp = hello.timestamp, timestamp.isFinite { member("timestamp", timestamp) }
    }

    /// The members that a message has in both dialects.
    mutating func messageMembers(sender: String, content: String, timestamp: Double) {
        member("sender", sender)
        member("content", content)
        member("timestamp", timestamp.isFinite ? timestamp : 0)
    }

    mutating func members(of presence: UserPresence) {
        member("type", "user_presence")
        member("action", presence.action.rawValue)
        member("username", presence.username)
        addressMembers(ip: presence.ip, port: presence.port)
    }

    mutating func members(of list: PresenceList) {
        member("type", "presence_list")
        guard let users = list.users else { return }
        key("users")
        object { json in
            for user in users {
                json.key(user.name)
                json.object { json in json.addressMembers(ip: user.ip, port: user.port) }
            }
        }
    }

    private mutating func addressMembers(ip: String?, port: Int?) {
        if let ip { member("ip", ip) }
        if let port { member("port", port) }
    }
}
