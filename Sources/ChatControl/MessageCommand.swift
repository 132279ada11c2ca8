public import ChatCore
import ChatValues
public import ChatWire

/// A command about stored messages and about what contacts are told of them.
public enum MessageCommand: Equatable, Sendable {
    /// - before: a position; nil for the newest.
    case history(with: String, before: Int64?, limit: Int)
    /// Everything up to this position was seen.
    case read(with: String, upTo: Int64)
    /// Everything up to this message of theirs was seen.
    case readMessage(MessageID, with: String)
    case typing(Bool, to: String)
    case forget(with: String)
    case forgetMessage(MessageID, MessageDirection?, with: String)
    /// The contact too.
    case forgetContact(String)
    case retention(with: String)
    /// - seconds: nil for ever.
    case setRetention(Double?, with: String)
    case resend(MessageID, to: String)
    /// Nil for what stays as it is.
    case preferences(readReceipts: Bool?, typing: Bool?)

    /// Messages in an answer to `history`.
    public static let defaultLimit = 50
    public static let largestLimit = 1_000

    static let names = [
        "history", "read", "typing", "forget", "retention", "resend", "preferences",
    ]

    /// Nil for another command.
    init?(_ name: String, _ fields: JSONFields) throws(JSONCommand.Failure) {
        switch name {
        case "history":
            let limit = try fields.optionalInteger("limit") ?? Int64(Self.defaultLimit)
            guard (1...Int64(Self.largestLimit)).contains(limit) else {
                throw fields.bad("\"limit\" is from 1 to \(Self.largestLimit).")
            }
            self = .history(
                with: try fields.text("with"), before: try fields.optionalInteger("before"),
                limit: Int(limit))
        case "read":
            let peer = try fields.text("with")
            if let position = try fields.optionalInteger("position") {
                self = .read(with: peer, upTo: position)
            } else {
                self = .readMessage(try fields.id(), with: peer)
            }
        case "typing":
            self = .typing(try fields.optionalFlag("active") ?? true, to: try fields.text("to"))
        case "forget":
            let peer = try fields.text("with")
            if try fields.flag("contact") {
                self = .forgetContact(peer)
            } else if try fields.optionalText("id") != nil {
                self = .forgetMessage(try fields.id(), try fields.direction(), with: peer)
            } else {
                self = .forget(with: peer)
            }
        case "retention":
            let peer = try fields.text("with")
            guard fields.has("seconds") else {
                self = .retention(with: peer)
                return
            }
            let seconds = try fields.optionalNumber("seconds")
            guard seconds.map({ $0 > 0 && $0.isFinite }) ?? true else {
                throw fields.bad("\"seconds\" is more than 0, or null for ever.")
            }
            self = .setRetention(seconds, with: peer)
        case "resend":
            self = .resend(try fields.id(), to: try fields.text("to"))
        case "preferences":
            self = .preferences(
                readReceipts: try fields.optionalFlag("read_receipts"),
                typing: try fields.optionalFlag("typing"))
        default: return nil
        }
    }
}

extension JSONFields {
    fileprivate func id() throws(JSONCommand.Failure) -> MessageID {
        let text = try self.text("id")
        guard let id = MessageID(text) else {
            throw bad("\"id\" is a message's id, a UUID in lower case.")
        }
        return id
    }

    fileprivate func direction() throws(JSONCommand.Failure) -> MessageDirection? {
        guard let text = try optionalText("direction") else { return nil }
        guard let direction = MessageDirection(rawValue: text) else {
            throw bad("\"direction\" is incoming or outgoing.")
        }
        return direction
    }
}
