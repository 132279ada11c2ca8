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
}

extension OutgoingStatus {
    /// Whether a client of the control socket sent the message, and not the front end.
    public var isFromControlSocket: Bool { ControlReference(reference) != nil }
}
