public import ChatCore
public import ChatValues

/// What a client of the control socket has done in the user's name, for whoever sits before the
/// screen. Names and content are as they came: make them safe before showing them.
public enum ControlAct: Sendable {
    /// - reference: what the node's events about this message carry.
    case sent(String, to: Contact, reference: String)
    case connecting(PeerAddress)
    case trusted(Contact)
    case removed(Contact)
    case verified(Contact)
    case rejected(Fingerprint)
    case presence(PresenceState)
    /// So many messages with somebody are gone.
    case forgotten(Int, with: PeerDescription)
    /// For so many seconds messages with somebody are kept; nil for ever.
    case retention(Double?, with: PeerDescription)
}

extension OutgoingStatus {
    /// Whether a client of the control socket sent the message, and not the front end.
    public var isFromControlSocket: Bool { ControlReference(reference) != nil }
}
