public import ChatCore
import ChatValues
public import ChatWire

/// What several events have in common.
extension JSONWriter {
    public mutating func member(_ key: String, optional text: String?) {
        self.key(key)
        if let text { string(text) } else { null() }
    }

    public mutating func member(_ key: String, _ peer: PeerDescription) {
        self.key(key)
        object { json in
            json.member("name", peer.name)
            json.member("fingerprint", optional: peer.fingerprint?.description)
            json.member("trust", optional: peer.trust?.rawValue)
        }
    }

    public mutating func members(of request: ContactRequest) {
        member("name", request.name)
        member("fingerprint", request.fingerprint.description)
        member("address", request.address.description)
        member("direction", request.direction.rawValue)
        member("first_seen", request.firstSeen)
        member("last_seen", request.lastSeen)
    }

    public mutating func members(of contact: Contact) {
        member("name", contact.name)
        member("fingerprint", contact.fingerprint.description)
        member("trust", contact.trust.rawValue)
        key("addresses")
        array { json in
            for address in contact.addresses { json.string(address.description) }
        }
        key("places")
        array { json in
            for known in contact.knownAddresses {
                json.object { json in
                    json.member("address", known.address.description)
                    json.member("origin", known.origin.rawValue)
                    if let time = known.workedAt { json.member("worked", time) }
                }
            }
        }
        member("added", contact.addedAt)
    }

    /// An element of the `contacts` event.
    public mutating func contact(
        _ contact: Contact, _ presence: PresenceState?, at address: PeerAddress?
    ) {
        object { json in
            json.members(of: contact)
            json.member("presence", optional: presence?.rawValue)
            json.member("connected", optional: address?.description)
        }
    }

    /// An element of the `contacts` event in plain text, where all of it is a claim.
    public mutating func plainPeer(
        _ name: String, _ presence: PresenceState, at address: PeerAddress
    ) {
        object { json in
            json.member("name", name)
            json.member("fingerprint", optional: nil)
            json.member("trust", optional: nil)
            json.key("addresses")
            json.array { $0.string(address.description) }
            json.member("presence", presence.rawValue)
            json.member("connected", optional: nil)
        }
    }

    /// `contact`, the one concerned.
    public mutating func contactMember(_ contact: Contact) {
        key("contact")
        object { $0.members(of: contact) }
    }

    public mutating func neighbours(_ neighbours: [Neighbour]) {
        key("neighbours")
        array { json in
            for neighbour in neighbours {
                json.object { json in
                    json.member("name", neighbour.name)
                    json.member("fingerprint", neighbour.fingerprint.description)
                    json.key("addresses")
                    json.array { json in
                        for address in neighbour.addresses { json.string(address.description) }
                    }
                    json.member("last_heard", neighbour.lastHeard)
                }
            }
        }
    }

    public mutating func requests(_ requests: [ContactRequest]) {
        key("requests")
        array { json in
            for request in requests { json.object { $0.members(of: request) } }
        }
    }
}
