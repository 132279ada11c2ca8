import P2PChat

/// A command of the JSON interface, as `commands.schema.json` describes them.
struct JSONCommand: Equatable, Sendable {
    enum Action: Equatable, Sendable {
        case send(to: String, content: String)
        case connect(PeerAddress, to: String?)
        case trustFile(String, name: String?, replacing: Bool)
        case trustFingerprint(Fingerprint, name: String, replacing: Bool)
        case accept(Fingerprint, name: String?)
        case reject(Fingerprint)
        case contacts
        case requests
        case history
        case presence(PresenceState)
        case quit
    }

    /// How deep a command may nest; it is the `ref` that does.
    static let maximumDepth = 64

    var action: Action
    /// The command's `ref` as JSON text.
    var reference: String?

    /// What is wrong with a command, in a sentence, and its `ref` as far as that could be read.
    struct Failure: Error, Equatable {
        var code: NodeFailure.Code
        var description: String
        var reference: String?
    }

    init(_ action: Action, reference: String? = nil) {
        self.action = action
        self.reference = reference
    }

    init(parsing line: some Collection<UInt8>) throws(Failure) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: Array(line), maximumDepth: Self.maximumDepth)
        } catch {
            throw Failure(
                code: .badCommand, description: "The command is not JSON: \(error.reason)")
        }
        guard case .object = value else {
            throw Failure(
                code: .badCommand,
                description: "A command is a JSON object with \"command\", one to a line.")
        }
        let fields = Fields(value)
        reference = fields.reference
        guard let name = value["command"]?.string else {
            throw fields.bad("A command has a \"command\" with its name.")
        }
        action = try Self.action(name, fields)
    }

    private static func action(_ name: String, _ fields: Fields) throws(Failure) -> Action {
        switch name {
        case "send":
            return .send(to: try fields.text("to"), content: try fields.text("content"))
        case "connect":
            let text = try fields.text("address")
            guard let address = PeerAddress(text) else {
                throw Failure(
                    code: .badAddress,
                    description: "\"\(SafeText.singleLine(text, limit: 80))\" is no address: give "
                        + "it as HOST:PORT, or [IPV6]:PORT.", reference: fields.reference)
            }
            return .connect(address, to: try fields.optionalText("to"))
        case "trust":
            let replacing = try fields.flag("replace")
            if let file = try fields.optionalText("file") {
                return .trustFile(
                    file, name: try fields.optionalText("name"), replacing: replacing)
            }
            guard try fields.optionalText("fingerprint") != nil else {
                throw fields.bad("\"trust\" needs a \"file\", or a \"fingerprint\" and a \"name\".")
            }
            return .trustFingerprint(
                try fields.fingerprint(), name: try fields.text("name"), replacing: replacing)
        case "accept":
            return .accept(try fields.fingerprint(), name: try fields.optionalText("name"))
        case "reject":
            return .reject(try fields.fingerprint())
        case "contacts": return .contacts
        case "requests": return .requests
        case "history": return .history
        case "presence":
            let text = try fields.text("state")
            guard let state = PresenceState(rawValue: text) else {
                throw fields.bad("\"state\" is online, away or offline.")
            }
            return .presence(state)
        case "quit": return .quit
        default:
            throw fields.bad(
                "There is no command \"\(SafeText.singleLine(name, limit: 40))\": there are send, "
                    + "connect, trust, accept, reject, contacts, requests, presence and quit.")
        }
    }
}

/// A command's members.
private struct Fields {
    private let value: JSONValue
    let reference: String?

    init(_ value: JSONValue) {
        self.value = value
        reference = value["ref"].map { ref in
            var json = JSONWriter()
            json.value(ref)
            return String(decoding: json.bytes, as: UTF8.self)
        }
    }

    func bad(_ description: String) -> JSONCommand.Failure {
        JSONCommand.Failure(code: .badCommand, description: description, reference: reference)
    }

    func text(_ key: String) throws(JSONCommand.Failure) -> String {
        guard let text = try optionalText(key) else {
            throw bad("The command needs \"\(key)\", a string.")
        }
        return text
    }

    /// Absent and null are the same.
    func optionalText(_ key: String) throws(JSONCommand.Failure) -> String? {
        switch value[key] {
        case nil, .null?: return nil
        case .string(let text)?: return text
        default: throw bad("\"\(key)\" is a string.")
        }
    }

    func flag(_ key: String) throws(JSONCommand.Failure) -> Bool {
        switch value[key] {
        case nil, .null?: return false
        case .bool(let flag)?: return flag
        default: throw bad("\"\(key)\" is true or false.")
        }
    }

    func fingerprint() throws(JSONCommand.Failure) -> Fingerprint {
        let text = try self.text("fingerprint")
        guard let fingerprint = Fingerprint(text) else {
            throw JSONCommand.Failure(
                code: .badFingerprint,
                description: "\"fingerprint\" is no SHA-256 fingerprint: 64 hexadecimal digits, "
                    + "with or without colons.", reference: reference)
        }
        return fingerprint
    }
}
