public import ChatCore
public import ChatValues
import ChatWire

/// Stored messages, of which the running p2pchat is the only one to change anything.
extension ControlClient {
    /// Seconds in which a million messages are removed.
    private static let removalPatience = 600.0

    /// Removes messages for good; with ``ForgetTarget/contact(_:)`` the contact as well.
    ///
    /// - Returns: how many messages there were.
    public func forget(_ target: ForgetTarget) async throws -> Int {
        let answer = try await ask("forget", within: Self.removalPatience) { json in
            switch target {
            case .message(let id, let direction, let contact):
                json.member("with", contact.description)
                json.member("id", id.description)
                json.member("direction", direction.rawValue)
            case .conversation(let contact):
                json.member("with", contact.description)
            case .contact(let contact):
                json.member("with", contact.description)
                json.member("contact", true)
            }
        }
        return answer.value["messages"]?.integer ?? 0
    }

    /// - Parameter seconds: for how long messages are kept; nil for ever.
    public func setRetention(_ seconds: Double?, with contact: Fingerprint) async throws {
        _ = try await ask("retention", within: Self.removalPatience) { json in
            json.member("with", contact.description)
            json.key("seconds")
            if let seconds { json.number(seconds) } else { json.null() }
        }
    }
}
