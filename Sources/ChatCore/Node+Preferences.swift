import ChatValues
import ChatWire

/// What the user lets contacts know.
extension Node {
    /// Seconds between two frames that say that we are writing.
    static let typingInterval = 3.0

    /// Keeps what the user chose, from now on and for later runs.
    public func setPreferences(_ preferences: Preferences) async throws(NodeFailure) {
        try requireSecure()
        try requireRunning()
        guard let store = preferenceStore else {
            throw NodeFailure(.storage, "There is nowhere to keep settings: name a home folder.")
        }
        await takeTurn()
        defer { endTurn() }
        try await stored { try await store.setPreferences(preferences.values) }
        self.preferences = preferences
        if !preferences.readReceipts { readReceipts = [:] }
        if !preferences.typing { typing = [:] }
    }

    /// Tells a contact that we are writing to them, or no longer, where the user lets us. May be
    /// called with each key: the contact hears of it every few seconds.
    public func setTyping(_ active: Bool, to peer: String) {
        guard preferences.typing, isSecure, let contact = try? book.find(peer).fingerprint,
            let session = session(with: .contact(contact)), session.details.dialect == .native
        else { return }
        let now = configuration.now()
        if active {
            // A clock that was set back must not silence us.
            if let last = typing[contact], abs(now - last) < Self.typingInterval { return }
            typing[contact] = now
        } else if typing.removeValue(forKey: contact) == nil {
            return
        }
        session.link.send(.typing(Typing(active: active)))
    }
}
