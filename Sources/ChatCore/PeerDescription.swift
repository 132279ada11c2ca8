public import ChatValues

/// Who is at the other end, as front ends see it.
public struct PeerDescription: Hashable, Sendable {
    /// Whom to show: a contact's label; in plain text the name that the peer claims, or its address.
    public var name: String {
        get { fields.name }
        set { replace { $0.name = newValue } }
    }
    /// Nil in plain text, where nobody is authenticated.
    public var fingerprint: Fingerprint? {
        get { fields.fingerprint }
        set { replace { $0.fingerprint = newValue } }
    }
    /// Nil in plain text.
    public var trust: Trust? {
        get { fields.trust }
        set { replace { $0.trust = newValue } }
    }
    /// The address it was reached at or came from, where it has one.
    public var address: PeerAddress? {
        get { fields.address }
        set { replace { $0.address = newValue } }
    }

    private struct Fields: Hashable {
        var name: String
        var fingerprint: Fingerprint?
        var trust: Trust?
        var address: PeerAddress?
    }

    /// Several events with each message carry one: they share it.
    private final class Box: Sendable {
        let fields: Fields
        init(_ fields: Fields) { self.fields = fields }
    }

    private var box: Box
    private var fields: Fields { box.fields }

    public init(
        name: String, fingerprint: Fingerprint?, trust: Trust?, address: PeerAddress?
    ) {
        box = Box(Fields(name: name, fingerprint: fingerprint, trust: trust, address: address))
    }

    private mutating func replace(_ change: (inout Fields) -> Void) {
        var fields = fields
        change(&fields)
        box = Box(fields)
    }

    public static func == (left: PeerDescription, right: PeerDescription) -> Bool {
        left.box === right.box || left.fields == right.fields
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(fields) }
}
