public import ChatCore
public import ChatValues
import ChatWire

/// A command of the JSON interface, as `commands.schema.json` describes them.
public struct JSONCommand: Equatable, Sendable {
    public enum Action: Equatable, Sendable {
        case send(to: String, content: String)
        case connect(PeerAddress, to: String?)
        case trustFile(String, name: String?, replacing: Bool)
        /// The text of a PEM file.
        case trustCertificate(String, name: String?, replacing: Bool)
        case trustFingerprint(Fingerprint, name: String, replacing: Bool)
        /// A request is named by fingerprint, the beginning of one, or the name in it.
        case accept(String, name: String?)
        case reject(String)
        case remove(String)
        /// - isCompared: the user has compared the safety number, and it was the same.
        case verify(String, isCompared: Bool)
        case contacts
        case requests
        /// How the node and its discovery fare.
        case status
        /// Who announces themselves on the local network.
        case nearby
        case messages(MessageCommand)
        case presence(PresenceState)
        /// Over the control socket: every event from now on.
        case watch
        case quit
    }

    /// How deep a command may nest; it is the `ref` that does.
    public static let maximumDepth = 64

    public var action: Action
    /// The command's `ref` as JSON text.
    public var reference: String?

    /// What is wrong with a command, in a sentence, and its `ref` as far as that could be read.
    public struct Failure: Error, Equatable {
        public var code: NodeFailure.Code
        public var description: String
        public var reference: String?
    }

    public init(_ action: Action, reference: String? = nil) {
        self.action = action
        self.reference = reference
    }

    public init(parsing line: some Collection<UInt8>) throws(Failure) {
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
        let fields = JSONFields(value)
        reference = fields.reference
        guard let name = value["command"]?.string else {
            throw fields.bad("A command has a \"command\" with its name.")
        }
        action = try Self.action(name, fields)
    }

    private static func action(_ name: String, _ fields: JSONFields) throws(Failure) -> Action {
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
            if let certificate = try fields.optionalText("certificate") {
                return .trustCertificate(
                    certificate, name: try fields.optionalText("name"), replacing: replacing)
            }
            guard try fields.optionalText("fingerprint") != nil else {
                throw fields.bad(
                    "\"trust\" needs a \"file\", a \"certificate\", or a \"fingerprint\" and a "
                        + "\"name\".")
            }
            return .trustFingerprint(
                try fields.fingerprint(), name: try fields.text("name"), replacing: replacing)
        case "accept":
            return .accept(try fields.request(), name: try fields.optionalText("name"))
        case "reject":
            return .reject(try fields.request())
        case "remove": return .remove(try fields.text("contact"))
        case "verify":
            return .verify(try fields.text("contact"), isCompared: try fields.flag("compared"))
        case "contacts": return .contacts
        case "requests": return .requests
        case "status": return .status
        case "nearby": return .nearby
        case "presence":
            let text = try fields.text("state")
            guard let state = PresenceState(rawValue: text) else {
                throw fields.bad("\"state\" is online, away or offline.")
            }
            return .presence(state)
        case "watch": return .watch
        case "quit": return .quit
        default:
            if let command = try MessageCommand(name, fields) { return .messages(command) }
            throw fields.bad(
                "There is no command \"\(SafeText.singleLine(name, limit: 40))\": there are send, "
                    + "connect, trust, remove, verify, accept, reject, contacts, requests, "
                    + "nearby, presence, status, \(MessageCommand.names.joined(separator: ", ")), watch and quit."
            )
        }
    }
}
