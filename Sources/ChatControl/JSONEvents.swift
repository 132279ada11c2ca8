public import ChatCore
public import ChatValues
public import ChatWire

/// The events of the JSON interface, as `events.schema.json` describes them: one object a line,
/// content and names exactly as they came.
public struct JSONEvents: Sendable {
    public let userName: String
    /// Nil in plain text.
    public let fingerprint: Fingerprint?
    /// The SOCKS5 proxy that every dial goes through.
    public let proxy: PeerAddress?

    public init(userName: String, fingerprint: Fingerprint?, proxy: PeerAddress? = nil) {
        self.userName = userName
        self.fingerprint = fingerprint
        self.proxy = proxy
    }

    private var isSecure: Bool { fingerprint != nil }

    /// One event as a line, without its LF.
    ///
    /// - Parameters:
    ///   - time: seconds since 1970.
    ///   - reference: the `ref` of the command that it answers, as JSON text.
    public static func line(
        _ name: String, at time: Double, reference: String? = nil,
        _ members: (inout JSONWriter) -> Void = { _ in }
    ) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("event", name)
            json.member("time", time)
            members(&json)
            // It was read from a command, by the same rules.
            if let reference,
                let value = try? JSONValue(
                    parsing: reference.utf8, maximumDepth: JSONCommand.maximumDepth)
            {
                json.key("ref")
                json.value(value)
            }
        }
        return json.bytes
    }

    /// Nil for what the interface does not tell: that the contacts have changed, which the answer
    /// to the command that did it says, and the end.
    public func line(for event: NodeEvent, at now: Double) -> [UInt8]? {
        switch event {
        case .listening(let address):
            Self.line("listening", at: now) { json in
                json.member("host", address.host)
                json.member("port", address.port)
                json.member("user", userName)
                json.member("fingerprint", optional: fingerprint?.description)
                json.member("secure", isSecure)
                if let proxy { json.member("proxy", proxy.description) }
            }
        case .connected(let peer, let secure, let dialect):
            Self.line("connected", at: now) { json in
                json.member("peer", peer)
                json.member("address", optional: peer.address?.description)
                json.member("secure", secure)
                json.member("dialect", dialect.rawValue)
            }
        case .disconnected(let peer, let secure, let reason):
            Self.line("disconnected", at: now) { json in
                json.member("peer", peer)
                json.member("address", optional: peer.address?.description)
                json.member("secure", secure)
                json.member("reason", reason)
            }
        case .message(let message): line(for: message)
        case .queued(let status): line("queued", status, at: now)
        case .sent(let status): line("sent", status, at: now)
        case .delivered(let status): line("delivered", status, at: now)
        case .read(let status): line("read", status, at: now)
        case .presence(let peer, let state):
            Self.line("presence", at: now) { json in
                json.member("peer", peer)
                json.member("state", state.rawValue)
            }
        case .typing(let peer):
            Self.line("typing", at: now) { $0.member("peer", peer) }
        case .request(let request):
            Self.line("request", at: now) { $0.members(of: request) }
        case .refused(let refusal): line(for: refusal, at: now)
        case .failure(let failure): Self.line(for: failure, at: now)
        case .contactsChanged, .stopped: nil
        }
    }

    /// - Parameter reference: the command's, where the failure does not carry it.
    public static func line(
        for failure: NodeFailure, at now: Double, reference: String? = nil
    ) -> [UInt8] {
        line("error", at: now, reference: failure.reference ?? reference) { json in
            json.member("code", failure.code.rawValue)
            json.member("message", failure.description)
        }
    }

    private func line(for message: IncomingMessage) -> [UInt8] {
        Self.line("message", at: message.receivedAt) { json in
            json.member("id", message.id.description)
            json.member("peer", message.peer)
            json.member("content", message.content)
            json.member("timestamp", message.timestamp)
            json.member("secure", message.secure)
            json.member("dialect", message.dialect.rawValue)
            if let position = message.position { json.member("position", Int(position)) }
            if let claimed = message.claimedSender { json.member("claimed_name", claimed) }
        }
    }

    private func line(_ name: String, _ status: OutgoingStatus, at now: Double) -> [UInt8] {
        Self.line(name, at: now, reference: status.reference) { json in
            json.member("id", status.id.description)
            json.member("peer", status.peer)
            if let position = status.position { json.member("position", Int(position)) }
        }
    }

    private func line(for refusal: Refusal, at now: Double) -> [UInt8] {
        Self.line("refused", at: now) { json in
            json.member("reason", refusal.reason.rawValue)
            json.member("direction", refusal.direction.rawValue)
            json.member("address", optional: refusal.address?.description)
            json.member("fingerprint", optional: refusal.fingerprint?.description)
            json.member("name", optional: refusal.name)
            json.member("contact", optional: refusal.contact?.name)
            json.member("message", refusal.explanation)
        }
    }
}
