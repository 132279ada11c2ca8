public import NIOCore

extension Frame {
    /// Reads one frame from a line without its LF: exactly one JSON object, white space around it
    /// allowed.
    ///
    /// A line break inside the object is white space here; ``FrameDecoder`` can't come across one.
    public init(parsing line: ByteBuffer) throws(WireError) {
        try self.init(parsing: line, dialect: .current)
    }

    enum Dialect {
        /// `p2pchat/1`.
        case current
        /// The seed's: messages and presence only; whatever else there is, is not known.
        case seed
    }

    init(parsing text: ByteBuffer, dialect: Dialect) throws(WireError) {
        // The closure's own `throws` would lose the error's type.
        self = try text.withUnsafeReadableBytes { raw -> Result<Frame, WireError> in
            let bytes = raw.assumingMemoryBound(to: UInt8.self)
            do throws(WireError) {
                return .success(try Frame(inFull: bytes, dialect))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    /// Reads a frame in whatever form it has.
    init(inFull bytes: UnsafeBufferPointer<UInt8>, _ dialect: Dialect) throws(WireError) {
        self = try FrameFields(parsing: bytes).frame(dialect)
    }
}

extension FrameFields {
    /// The frame that the keys make up.
    func frame(_ dialect: Frame.Dialect) throws(WireError) -> Frame {
        guard let type else {
            // The seed's message: no type, but what makes a message.
            return sender != nil && content != nil ? .message(try message()) : .unknown(type: nil)
        }
        guard type.kind == .string else { throw .badFrame("The key \"type\" must be a string.") }
        let name = scanner.text(type)
        switch name {
        case "message": return .message(try message())
        case "user_presence": return .presence(try presence())
        case "presence_list": return .presenceList(try presenceList())
        default: return dialect == .seed ? .unknown(type: name) : try frame(ofType: name)
        }
    }

    private func frame(ofType name: String) throws(WireError) -> Frame {
        switch name {
        case "hello": return .hello(try hello())
        case "receipt":
            return .receipt(
                Receipt(
                    id: try messageID(required(id, "id")),
                    state: try choice(required(state, "state"), "state")))
        case "ping": return .ping
        case "pong": return .pong
        case "typing":
            return .typing(Typing(active: try boolean(required(active, "active"), "active")))
        case "error": return .error(try errorFrame())
        case "bye":
            guard let reason else { return .bye(Bye()) }
            return .bye(Bye(reason: Bye.Reason(rawValue: try token(reason, "reason"))))
        default: return .unknown(type: name)
        }
    }

    private func hello() throws(WireError) -> Hello {
        // First of all: in another version the rest may look otherwise.
        let version = try integer(
            required(version, "version"), "version", in: 0...Int(Int32.max))
        guard version == Hello.currentVersion else {
            throw WireError(
                code: .unsupportedVersion,
                reason: "This program speaks version \(Hello.currentVersion) of the protocol.")
        }
        let username = try string(
            required(username, "username"), "username", limit: WireLimits.name)
        guard !username.isEmpty else { throw .badFrame("The key \"username\" is empty.") }
        var names: [String] = []
        if let features {
            guard features.kind == .array else {
                throw .badFrame("The key \"features\" must be an array of strings.")
            }
            var scanner = scanner.at(features)
            try scanner.array(depth: 1) { (scanner) throws(WireError) in
                guard names.count < WireLimits.features else {
                    throw .badFrame("The key \"features\" has more than \(WireLimits.features).")
                }
                names.append(try token(scanner.value(depth: 2), "features"))
            }
        }
        var run: String?
        if let instance { run = try token(instance, "instance") }
        var secretName: String?
        if let rendezvous { secretName = try token(rendezvous, "rendezvous") }
        var clock: Double?
        if let timestamp { clock = try number(timestamp, "timestamp") }
        return Hello(
            username: username, port: try portNumber(), features: names, version: version,
            instance: run, rendezvous: secretName, timestamp: clock)
    }

    private func message() throws(WireError) -> Message {
        var messageID: MessageID?
        if let id { messageID = try self.messageID(id) }
        return Message(
            id: messageID,
            sender: try string(required(sender, "sender"), "sender", limit: WireLimits.name),
            content: try string(
                required(content, "content"), "content", limit: WireLimits.content,
                code: .contentTooLong),
            timestamp: try number(required(timestamp, "timestamp"), "timestamp"))
    }

    private func presence() throws(WireError) -> UserPresence {
        UserPresence(
            action: try choice(required(action, "action"), "action"),
            username: try string(
                required(username, "username"), "username", limit: WireLimits.name),
            ip: try host(), port: try portNumber())
    }

    private func presenceList() throws(WireError) -> PresenceList {
        guard let users else { return PresenceList() }
        guard users.kind == .object else {
            throw .badFrame("The key \"users\" must be an object of objects.")
        }
        var entries: [PresenceList.Entry] = []
        var scanner = scanner.at(users)
        try scanner.object(depth: 1) { (scanner, key) throws(WireError) in
            guard entries.count < WireLimits.presenceListEntries else {
                throw .badFrame(
                    "The key \"users\" has more than \(WireLimits.presenceListEntries).")
            }
            let value = try scanner.value(depth: 2)
            guard value.kind == .object else {
                throw .badFrame("The key \"users\" must be an object of objects.")
            }
            let fields = try FrameFields(value, of: self, depth: 2)
            entries.append(
                PresenceList.Entry(
                    name: try string(key, "users", limit: WireLimits.name),
                    ip: try fields.host(), port: try fields.portNumber()))
        }
        return PresenceList(users: entries)
    }

    private func errorFrame() throws(WireError) -> ErrorFrame {
        var sentence = ""
        if let reason { sentence = try string(reason, "reason", limit: WireLimits.reason) }
        return ErrorFrame(
            code: ErrorFrame.Code(rawValue: try token(required(code, "code"), "code")),
            reason: sentence)
    }
}
