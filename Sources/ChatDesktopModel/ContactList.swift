public import P2PChat

/// Everybody one can talk to, with what the list shows of them; in the order of the newest message,
/// and by name where there is none.
public struct ContactList: Sendable {
    public private(set) var items: [ContactItem] = []

    public init() {}

    public subscript(id: ConversationID) -> ContactItem? {
        items.first { $0.id == id }
    }

    public func index(of id: ConversationID) -> Int? { items.firstIndex { $0.id == id } }

    public var unread: Int { items.reduce(0) { $0 + $1.unread } }

    /// Contacts and presence as the node has them; what is known besides stays.
    public mutating func replace(_ contacts: [ContactStatus]) {
        let known = Dictionary(items.map { ($0.id, $0) }) { first, _ in first }
        items = contacts.map { status in
            let id = ConversationID.contact(status.contact.fingerprint)
            var item = known[id] ?? ContactItem(id: id, name: "")
            item.name = SafeText.singleLine(status.contact.name, limit: 64)
            item.trust = status.contact.trust
            item.presence = status.presence
            return item
        }
        sort()
    }

    /// What is on disk of each conversation.
    public mutating func fill(_ summaries: [ConversationSummary]) {
        for summary in summaries {
            change(.contact(summary.contact)) { item in
                item.unread = summary.unread
                guard let message = summary.last else {
                    item.time = nil
                    item.preview = ""
                    return
                }
                item.time = message.storedAt
                item.preview = ContactItem.preview(
                    of: message.text ?? "Damaged message", isOurs: message.direction == .outgoing)
            }
        }
        sort()
    }

    /// Changes one, where it is there.
    public mutating func change(_ id: ConversationID, _ body: (inout ContactItem) -> Void) {
        guard let index = index(of: id) else { return }
        body(&items[index])
    }

    /// Adds somebody who is no contact: in plain text.
    public mutating func add(_ item: ContactItem) {
        guard index(of: item.id) == nil else { return }
        items.append(item)
        sort()
    }

    public mutating func remove(_ id: ConversationID) { items.removeAll { $0.id == id } }

    public mutating func note(_ id: ConversationID, text: String, isOurs: Bool, time: Double) {
        change(id) { item in
            item.preview = ContactItem.preview(of: text, isOurs: isOurs)
            item.time = time
        }
        sort()
    }

    private mutating func sort() {
        items.sort { left, right in
            let times = (left.time ?? -.infinity, right.time ?? -.infinity)
            if times.0 != times.1 { return times.0 > times.1 }
            let names = (left.name.lowercased(), right.name.lowercased())
            return names.0 != names.1 ? names.0 < names.1 : "\(left.id)" < "\(right.id)"
        }
    }
}
